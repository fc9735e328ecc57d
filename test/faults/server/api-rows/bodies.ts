// Bodies that are no JSON, or JSON of the wrong type.

import {type ApiRow, badBody, wrongType} from './row.ts';

export const bodiesRows: readonly ApiRow[] = [
  ...(
    [
      ['', 'EOF'],
      ['  ', 'EOF'],
      ['{', 'unexpected EOF'],
      ['{"name":"p"', 'unexpected EOF'],
      ['[[[', 'unexpected EOF'],
      ['"abc', 'unexpected EOF'],
      ['-', 'unexpected EOF'],
      ['tru', 'unexpected EOF'],
      ['x', "invalid character 'x' looking for beginning of value"],
      [']', "invalid character ']' looking for beginning of value"],
      ['[1,]', "invalid character ']' looking for beginning of value"],
      ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
      ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
      ["{'", "invalid character '\\\\'' looking for beginning of object key string"],
      ['{"a" 1}', "invalid character '1' after object key"],
      ['{"a":1 "b"}', `invalid character '\\"' after object key:value pair`],
      ['{"a":01}', "invalid character '1' after object key:value pair"],
      ['[1 2]', "invalid character '2' after array element"],
      ['"a\nb"', "invalid character '\\\\n' in string literal"],
      ['"\\q"', "invalid character 'q' in string escape code"],
      ['"\\u12g4"', "invalid character 'g' in \\\\u hexadecimal character escape"],
      ['-x', "invalid character 'x' in numeric literal"],
      ['1.x', "invalid character 'x' after decimal point in numeric literal"],
      ['1ex', "invalid character 'x' in exponent of numeric literal"],
      ['nulx', "invalid character 'x' in literal null (expecting 'l')"],
      ['{"a":\u0001}', "invalid character '\\\\x01' looking for beginning of value"],
      ['{"a":é}', "invalid character 'Ã' looking for beginning of value"],
      ['['.repeat(20_000), "invalid character '[' exceeded max depth"],
    ] as const
  ).map(
    ([body, problem]): ApiRow => ({
      title: `body ${JSON.stringify(body.slice(0, 20))}`,
      request: 'POST /proxies',
      body,
      is: '400 error',
      answer: badBody(problem),
    }),
  ),
  ...(
    [
      ['[]', 'array'],
      ['"s"', 'string'],
      ['1', 'number'],
      ['true', 'bool'],
      ['{"name":1}', 'number'],
      ['{"name":{},"enabled":[]}', 'object'],
      ['{"enabled":"x","name":7}', 'string'],
      ['{"Logger":"x"}', 'string'],
    ] as const
  ).map(
    ([body, what]): ApiRow => ({
      title: `wrong type ${body}`,
      request: 'POST /proxies',
      body,
      is: '400 error',
      answer: wrongType(what),
    }),
  ),
];
