import { describe, expect, it } from 'vitest'
import { readableLine } from '../../src/log/log-line.ts'

const line = (fields: object, colours = false) =>
  readableLine(
    `${JSON.stringify({ level: 30, time: 0, pid: 1, hostname: 'h', ...fields })}\n`,
    colours,
  )

describe('a readable line of the log', () => {
  it('has time, level, message and fields', () => {
    expect(line({ msg: 'document done', workspace: 'acme', attempt: 2 })).toMatch(
      /^\d\d:\d\d:\d\d INFO {2}document done {2}workspace=acme attempt=2\n$/,
    )
    expect(line({ level: 40, msg: 'careful' })).toMatch(/ WARN {2}careful\n$/)
    expect(line({ msg: 'x' }, true)).toContain('\u001b[32mINFO')
  })

  it('shows a request by method, path, status and time', () => {
    const about = { req: { method: 'POST', url: '/query' }, res: { statusCode: 200 } }
    expect(line({ ...about, responseTime: 34.6, msg: 'request completed', user: 'ann' })).toMatch(
      / POST \/query 200 in 35 ms {2}user=ann\n$/,
    )
  })

  it('shows where an error comes from only when it is for us to mend', () => {
    const err = {
      type: 'TypeError',
      message: 'no such thing',
      stack: 'TypeError: no\n    at x.ts:1',
    }
    expect(line({ level: 50, msg: 'failed', err })).toMatch(
      /failed\n {4}TypeError: no\n.*at x\.ts:1\n$/,
    )
    expect(line({ level: 40, msg: 'failed', err })).toMatch(
      /failed\n {4}TypeError: no such thing\n$/,
    )
  })

  it.each(['\u001b[2J', '\r', '\n', '\u0007', '\u009b31m', '\u202e', '\u2066', '\u200b', '\u2028'])(
    'lets nobody move the cursor or turn the text around: %j',
    (sign) => {
      const err = { type: 'Error', message: `a${sign}b` }
      const request = { req: { method: 'GET', url: `/a${sign}b` }, res: { statusCode: 200 } }
      for (const fields of [{ msg: `a${sign}b` }, { file: `a${sign}b` }, { err }, request]) {
        const [first = '', ...rest] = sign
        const shown = line({ level: 40, msg: 'x', ...fields }).replaceAll('\n', '')
        expect([shown.includes(first), rest.length >= 0]).toEqual([false, true])
      }
    },
  )

  it('is left as it came when it is no JSON', () => {
    expect(readableLine('plain text\n', false)).toBe('plain text\n')
  })
})
