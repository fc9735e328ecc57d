module foulweather.dev/kit

go 1.21
