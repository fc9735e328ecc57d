module foulweather.dev/programs

go 1.21

require (
	foulweather.dev/kit v0.0.0
	github.com/jackc/pgx/v5 v5.12.0
	github.com/rabbitmq/amqp091-go v1.16.0
	github.com/redis/go-redis/v9 v9.23.0
)

replace foulweather.dev/kit => ../../kits/go
