// The modules of a go.mod.
import test from 'ava';
import {modulesIn} from '../../../src/run/toolchains/go.ts';

const files: {readonly [title: string]: readonly [text: string, modules: readonly string[]]} = {
  'one on a line': ['module client\n\nrequire example.com/a v1.2.3\n', ['example.com/a']],
  'several in brackets, indirect ones too': [
    'require (\n\texample.com/a v1.2.3\n\texample.com/b/v2 v2.0.0 // indirect\n)\nrequire (\n\texample.com/c v0.1.0\n)\n',
    ['example.com/a', 'example.com/b/v2', 'example.com/c'],
  ],
  'what is replaced, excluded or retracted is not listed': [
    'go 1.26.0\nreplace example.com/a v1.0.0 => ../a\nreplace (\n\texample.com/b v1.0.0 => example.com/c v1.1.0\n)\nexclude example.com/d v1.0.0\nretract v1.0.0 // too early\n',
    [],
  ],
  'comments are none, and quoted names are names': [
    '// require example.com/a v1.0.0\nrequire "example.com/b" v1.0.0\n',
    ['example.com/b'],
  ],
};

for (const [title, [text, modules]] of Object.entries(files)) {
  test(`go.mod: ${title}`, t => {
    t.deepEqual(modulesIn(text), modules);
  });
}
