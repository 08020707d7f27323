import fc from 'fast-check'

const line = (text: string) => `${text}\r\n`
const host = line('Host: x')

const requests: fc.Arbitrary<string> = fc.constantFrom(
  '\r\n\r\n',
  'GET',
  `GET / HTTP/9.9\r\n${host}\r\n`,
  `GET  /health HTTP/1.1\r\n${host}\r\n`,
  'GET /health HTTP/1.1\r\n\r\n',
  `GET /health HTTP/1.1\r\n${host}Host: y\r\n\r\n`,
  `GET http://example.org/ HTTP/1.1\r\n${host}\r\n`,
  `CONNECT example.org:443 HTTP/1.1\r\n${host}\r\n`,
  `TRACE / HTTP/1.1\r\n${host}\r\n`,
  `OPTIONS * HTTP/1.1\r\n${host}\r\n`,
  `GET /\u0000 HTTP/1.1\r\n${host}\r\n`,
  `GET /documents/track_status/${'x'.repeat(60_000)} HTTP/1.1\r\n${host}\r\n`,
  `POST /query HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`,
  `POST /query HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
  `POST /query HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `POST /query HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
  `POST /query HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  `POST /query HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`,
  `POST /query HTTP/1.1\r\n${host}Content-Type: \u0001\r\nContent-Length: 2\r\n\r\n{}`,
  `GET /health HTTP/1.1\r\n${host}X-API-Key: ${'k'.repeat(20_000)}\r\n\r\n`,
  `GET /health HTTP/1.1\r\n${host}Authorization: Bearer ${'.'.repeat(500)}\r\n\r\n`,
  `GET /health HTTP/1.1\r\n${host}${'X-A: b\r\n'.repeat(3000)}\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc',
)

/** What a broken or hostile client may send. */
export const hostileBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 200 }),
  requests.map((text) => Buffer.from(text, 'latin1')),
  fc
    .tuple(requests, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 8 }))
    .map(([text, at, bytes]) => {
      const whole = Buffer.from(text, 'latin1')
      const cut = at % (whole.length + 1)
      return Buffer.concat([whole.subarray(0, cut), bytes, whole.subarray(cut)])
    }),
)
