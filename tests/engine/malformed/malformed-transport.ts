import { gzipSync } from 'node:zlib'
import { type Malformation, malformed, properText, silent } from './malformation.ts'

/** More than any answer that a model was asked for takes. */
const GIGANTIC = 30 * 1024 * 1024
const MEGABYTE = Buffer.alloc(1024 * 1024, ' ')
const gigantic = Array.from({ length: GIGANTIC / MEGABYTE.length }, () => MEGABYTE)
const bomb = gzipSync(Buffer.alloc(GIGANTIC, ' '))
const json = (value: unknown) => ({ pieces: [JSON.stringify(value)] })
const status = (code: number, headers: Record<string, string> = {}, body = '{}') => ({
  status: code,
  headers,
  pieces: [body],
})

/** Malformations of any reply, whatever it was asked for. */
export const TRANSPORT: readonly Malformation[] = [
  malformed('no JSON', 'out', { pieces: ['Service temporarily overloaded'] }),
  malformed('a page of HTML', 'out', {
    headers: { 'content-type': 'text/html' },
    pieces: ['<!DOCTYPE html><title>Gateway</title>'],
  }),
  malformed('an empty body', 'out', { pieces: [] }),
  malformed('null', 'out', json(null)),
  malformed('a number', 'out', json(42)),
  malformed('a text', 'out', json('yes')),
  malformed('a list', 'out', json([{}])),
  malformed('an empty object', 'out', json({})),
  malformed('100,000 open brackets', 'out', { pieces: ['['.repeat(100_000)] }),
  malformed('half of what it should be', 'out', (proper) => {
    const text = properText(proper)
    return { pieces: [text.slice(0, text.length / 2)] }
  }),
  malformed('an error under status 200', 'out', json({ error: { message: 'boom' } })),
  malformed('an error that is a text', 'out', json({ error: 'boom' })),
  // Nobody looks for it where events are awaited.
  malformed(
    'a refusal under status 200',
    'refused',
    json({ error: { message: 'too long', type: 'invalid_request_error' } }),
    { answer: 'out', 'streamed answer': 'out' },
  ),
  malformed('status 204', 'out', { status: 204, pieces: [] }),
  malformed('status 302 to itself', 'refused', status(302, { location: '?again' })),
  malformed('status 307 to itself', 'refused', status(307, { location: '?again' })),
  malformed('status 413', 'refused', status(413)),
  malformed('status 500 with a page', 'out', status(500, {}, '<html>')),
  malformed('status 503 with a gigantic page', 'out', { status: 503, pieces: gigantic }),
  malformed('status 429 until tomorrow', 'out', status(429, { 'retry-after': '9999999999' })),
  malformed('status 429 until yesterday', 'out', status(429, { 'retry-after': '-86400' })),
  malformed('status 429 until NaN', 'out', status(429, { 'retry-after': 'NaN' })),
  malformed('a connection that is reset within the body', 'out', (proper) => {
    const text = properText(proper)
    return { pieces: [text.slice(0, text.length / 2)], end: 'close' }
  }),
  malformed('a connection that is reset before the body', 'out', { pieces: [], end: 'close' }),
  silent('a body that never ends', () => ['{"a": [']),
  malformed('a gigantic body', 'out', (proper) => ({ pieces: [...gigantic, properText(proper)] })),
  malformed('a body that unpacks to a gigantic one', 'out', {
    headers: { 'content-encoding': 'gzip' },
    pieces: [bomb],
  }),
  malformed('a body that is not packed as it says', 'out', {
    headers: { 'content-encoding': 'gzip' },
    pieces: ['{"choices": []}'],
  }),
  malformed('another type of content', 'read', (proper) => ({
    headers: { 'content-type': 'image/png' },
    pieces: [properText(proper)],
  })),
  malformed('a type of content that is none', 'read', (proper) => ({
    headers: { 'content-type': ';;;' },
    pieces: [properText(proper)],
  })),
  malformed('a byte order mark', 'read', (proper) => ({ pieces: [`\ufeff${properText(proper)}`] })),
]
