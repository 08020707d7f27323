import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { HOLES_OPENED } from '../mutations/holes/holes-opened.ts'

const ROOT = new URL('../../', import.meta.url)
const page = await readFile(new URL('docs/security.md', ROOT), 'utf8')
const rows = page
  .split('\n')
  .map((line) => /^\| ([A-Z]-\d+) \| (.*) \| (.*) \|$/.exec(line))
  .filter((found) => found !== null)
  .map(([, id = '', what = '', tests = '']) => ({ id, what, tests: tests.split('<br>') }))

describe('the table of holes in docs/security.md', () => {
  it('has one row for each hole', () => {
    const ids = rows.map(({ id }) => id)
    const series = [...new Set(ids.map((id) => id[0] ?? ''))]
    const lengths = series.map((letter) => ids.filter((id) => id.startsWith(letter)).length)
    const numbered = series.flatMap((letter, at) =>
      Array.from({ length: lengths[at] ?? 0 }, (_, i) => `${letter}-${i + 1}`),
    )
    expect(ids).toEqual(numbered)
    // What others were found to have is a closed list; what is found here is not.
    expect([series[0], lengths[0], series[1], lengths[1]]).toEqual(['F', 36, 'R', 15])
  })

  it('names a test of every hole, or tells why it cannot be here', async () => {
    let named = 0
    for (const { id, what, tests } of rows) {
      if (tests.join() === '–') {
        expect([id, what]).toEqual([id, expect.stringMatching(/^cannot apply: .{20,}/)])
        continue
      }
      for (const test of tests) {
        const [, file = '', title = ''] = /^`(tests\/[\w/.-]+\.test\.ts)`: (.+)$/.exec(test) ?? []
        expect([id, test, title]).not.toEqual([id, test, ''])
        const source = await readFile(new URL(file, ROOT), 'utf8')
        const quoted = ["'", '"', '`'].map((quote) => `${quote}${title}${quote},`)
        expect([id, title, quoted.some((one) => source.includes(one))]).toEqual([id, title, true])
        named += 1
      }
    }
    expect(named).toBeGreaterThan(50)
  })

  it('has each of its tests seen to fail when its hole is opened again', () => {
    const named = rows.flatMap(({ id, tests }) =>
      tests.filter((test) => test !== '–').map((test) => `${id} ${test}`),
    )
    const opened = HOLES_OPENED.map(({ hole, test }) => `${hole} \`${test.file}\`: ${test.title}`)
    expect(named.filter((one) => !opened.includes(one))).toEqual([])
    expect(opened.filter((one) => !named.includes(one))).toEqual([])
  })
})
