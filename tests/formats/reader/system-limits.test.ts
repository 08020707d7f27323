import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { FileReaders } from '../../../src/formats/reader/file-readers.ts'
import { DEFAULT_READ_LIMITS } from '../../../src/formats/reader/read-limits.ts'
import { systemLimitBehind } from '../../../src/formats/reader/system-limit-behind.ts'
import { underSystemLimits } from '../../../src/formats/reader/system-limits.ts'
import { UnreadableFile } from '../../../src/formats/unreadable-file.ts'
import { needing } from '../../needing.ts'

const withShell = needing('/bin/sh', existsSync('/bin/sh'))

let readers: FileReaders | undefined
afterEach(() => readers?.close())

/** What a program is given last, run by this shell under the limits. */
function lastArgument(before: string): string {
  const command = underSystemLimits('/bin/echo', DEFAULT_READ_LIMITS)
  const [flag = '', script = '', ...args] = command?.args ?? []
  const { stdout } = spawnSync(command?.path ?? '', [flag, `${before}\n${script}`, ...args, '>'])
  return stdout.toString().trimEnd()
}

withShell('a program is told which limits the system refuses, and runs nevertheless', () => {
  expect(lastArgument('')).toBe('>')
  expect(lastArgument('ulimit() { false; }')).toBe('>  core fsize cpu data')
  expect(lastArgument('ulimit() { [ "$1" != -d ]; }')).toBe('>  data')
  expect(lastArgument('command() { false; }')).toBe('>')
})

it('whoever runs the server is told once what the system does not limit', async () => {
  const told: (readonly string[])[] = []
  const host = new URL('./unlimited-child.ts', import.meta.url)
  readers = new FileReaders({ host, onUnlimited: (limits) => told.push(limits) })
  const one = readers.of('acme')
  await Promise.all([1, 2, 3].map(() => one.read('/nowhere', 'a.txt')))
  expect(told).toEqual([['data']])
})

it('what the system refused is told from a file that is damaged', () => {
  const inPdf = (cause: unknown) => new UnreadableFile('The file is damaged.', { cause })
  const tooLarge = Object.assign(new Error('file too large, write'), { code: 'EFBIG' })
  expect(systemLimitBehind(inPdf(tooLarge))).toBe('files')
  expect(systemLimitBehind(inPdf(new RangeError('Array buffer allocation failed')))).toBe('memory')
  expect(systemLimitBehind(inPdf(new Error('bad XRef entry')))).toBeNull()
  expect(systemLimitBehind('thrown as a text')).toBeNull()
  const endless = new Error('behind itself')
  endless.cause = endless
  expect(systemLimitBehind(endless)).toBeNull()
})
