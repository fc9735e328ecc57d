// Given to the subject's node with --import: starts the SDK before anything of the library is loaded.
import {type SdkTask, startSdk} from './sdk.ts';

startSdk(JSON.parse(process.env['FOULWEATHER_SDK']!) as SdkTask);
