// The heads of requests and responses of HTTP/2, as HTTP/1 would have them.

import type {HeaderField, RequestHead, ResponseHead} from '../http/head.ts';

const nothing = Buffer.alloc(0);

/** A body without a length is of unknown length. */
const framingOf = (fields: readonly HeaderField[], isLast: boolean): RequestHead['framing'] => {
  if (isLast) return {kind: 'none'};
  const length = fields.find(([name]) => name === 'content-length')?.[1];
  const isLength = length !== undefined && /^\d{1,15}$/.test(length);
  return isLength ? {kind: 'length', bytes: Number(length)} : {kind: 'chunked'};
};

export const requestHeadOf = (fields: readonly HeaderField[], isLast: boolean): RequestHead => {
  const {pseudo, regular} = splitFields(fields);
  return {
    raw: nothing,
    method: pseudo.get(':method') ?? '',
    target: pseudo.get(':path') ?? pseudo.get(':authority') ?? '',
    minorVersion: 1,
    fields: regular,
    framing: framingOf(regular, isLast),
  };
};

export const responseHeadOf = (fields: readonly HeaderField[], isLast: boolean): ResponseHead => {
  const {pseudo, regular} = splitFields(fields);
  return {
    raw: nothing,
    status: Number(pseudo.get(':status')),
    startLine: '',
    minorVersion: 1,
    fields: regular,
    framing: framingOf(regular, isLast),
  };
};

/** The pseudo-fields, and the others. */
const splitFields = (
  fields: readonly HeaderField[],
): {readonly pseudo: ReadonlyMap<string, string>; readonly regular: readonly HeaderField[]} => {
  const isPseudo = ([name]: HeaderField) => name.startsWith(':');
  return {pseudo: new Map(fields.filter(isPseudo)), regular: fields.filter(field => !isPseudo(field))};
};
