// Adding, changing and removing toxics.

import {type ApiRow, create, error, toxic, wrongType} from './row.ts';

export const toxicsRows: readonly ApiRow[] = [
  {
    title: 'no toxics',
    given: [create('p')],
    request: 'GET /proxies/p/toxics',
    is: '200 json',
    answer: '[]',
  },
  {
    title: 'toxics of no proxy',
    request: 'GET /proxies/p/toxics',
    is: '404 error',
    answer: error('proxy not found', 404),
  },
  {
    title: 'a toxic for no proxy comes before a bad body',
    request: 'POST /proxies/p/toxics',
    body: '{',
    is: '404 error',
    answer: error('proxy not found', 404),
  },
  ...(
    [
      ['bandwidth', '"rate":0'],
      ['latency', '"latency":0,"jitter":0'],
      ['limit_data', '"bytes":0'],
      ['noop', ''],
      ['reset_peer', '"timeout":0'],
      ['slow_close', '"delay":0'],
      ['timeout', '"timeout":0'],
    ] as const
  ).map(
    ([type, attributes]): ApiRow => ({
      title: `${type} has defaults`,
      given: [create('p')],
      request: 'POST /proxies/p/toxics',
      body: `{"type":"${type}"}`,
      is: '200 json',
      answer: toxic(attributes, `${type}_downstream`, type),
      afterwards: [`GET /proxies/p/toxics/${type}_downstream`, toxic(attributes, `${type}_downstream`, type)],
    }),
  ),
  {
    title: 'slicer has defaults',
    given: [create('p')],
    request: 'POST /proxies/p/toxics',
    body: '{"type":"slicer","attributes":{"average_size":7}}',
    is: '200 json',
    answer: toxic('"average_size":7,"size_variation":0,"delay":0', 'slicer_downstream', 'slicer'),
  },
  {
    title: 'the stream is shown as typed, in the name too',
    given: [create('p')],
    request: 'POST /proxies/p/toxics',
    body: '{"type":"noop","stream":"UpStream"}',
    is: '200 json',
    answer: toxic('', 'noop_UpStream', 'noop', 'UpStream'),
  },
  {
    title: 'null is not given',
    given: [create('p')],
    request: 'POST /proxies/p/toxics',
    body: '{"type":"noop","name":null,"stream":null,"toxicity":null,"attributes":null}',
    is: '200 json',
    answer: toxic('', 'noop_downstream', 'noop'),
  },
  {
    title: 'attributes in any case, unknown ones are ignored',
    given: [create('p')],
    request: 'POST /proxies/p/toxics',
    body: '{"type":"latency","name":"l","attributes":{"LATENCY":-7,"x":{}},"toxicity":0.1}',
    is: '200 json',
    answer: toxic('"latency":-7,"jitter":0', 'l', 'latency', 'downstream', '0.1'),
  },
  ...(
    [
      ['5', '5'],
      ['-1e-9', '-1e-9'],
      ['1e21', '1e+21'],
      ['0.00000012345678', '1.2345679e-7'],
      ['16777217', '16777216'],
      ['0.333333333333', '0.33333334'],
      ['1e-50', '0'],
    ] as const
  ).map(
    ([given, shown]): ApiRow => ({
      title: `toxicity ${given} is a float32`,
      given: [create('p')],
      request: 'POST /proxies/p/toxics',
      body: `{"type":"noop","name":"n","toxicity":${given}}`,
      is: '200 json',
      answer: toxic('', 'n', 'noop', 'downstream', shown),
    }),
  ),
  {
    title: 'the largest int64',
    given: [create('p')],
    request: 'POST /proxies/p/toxics',
    body: '{"type":"limit_data","name":"l","attributes":{"bytes":9223372036854775807}}',
    is: '200 json',
    answer: toxic('"bytes":9223372036854775807', 'l', 'limit_data'),
  },
  ...(
    [
      ['{}', 'invalid toxic type'],
      ['null', 'invalid toxic type'],
      ['{"type":"down"}', 'invalid toxic type'],
      ['{"type":"LATENCY"}', 'invalid toxic type'],
      ['{"type":"constructor"}', 'invalid toxic type'],
      ['{"type":"latency","stream":"sideways"}', 'stream was invalid, can be either upstream or downstream'],
      ['{"stream":""}', 'stream was invalid, can be either upstream or downstream'],
      ['', 'bad request body: EOF'],
    ] as const
  ).map(
    ([body, message]): ApiRow => ({
      title: `toxic ${body}`,
      given: [create('p')],
      request: 'POST /proxies/p/toxics',
      body,
      is: '400 error',
      answer: error(message, 400),
      afterwards: ['GET /proxies/p/toxics', '[]'],
    }),
  ),
  ...(
    [
      ['[]', 'array'],
      ['{"type":5}', 'number'],
      ['{"type":"latency","toxicity":"1"}', 'string'],
      ['{"type":"latency","toxicity":1e40}', 'number 1e40'],
      ['{"type":"latency","attributes":[]}', 'array'],
      ['{"type":"latency","attributes":{"latency":1.5}}', 'number 1.5'],
      ['{"type":"latency","attributes":{"latency":1e3}}', 'number 1e3'],
      ['{"type":"latency","attributes":{"latency":"5"}}', 'string'],
      ['{"type":"latency","attributes":{"latency":9223372036854775808}}', 'number 9223372036854775808'],
      ['{"type":"latency","attributes":{"latency":true}}', 'bool'],
      ['{"type":"slicer","attributes":{"average_size":"x"}}', 'string'],
    ] as const
  ).map(
    ([body, what]): ApiRow => ({
      title: `wrong type in toxic ${body}`,
      given: [create('p')],
      request: 'POST /proxies/p/toxics',
      body,
      is: '400 error',
      answer: wrongType(what),
      afterwards: ['GET /proxies/p/toxics', '[]'],
    }),
  ),
];
