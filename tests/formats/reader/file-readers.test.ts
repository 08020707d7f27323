import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FileReaders, type FileReadersOptions } from '../../../src/formats/reader/file-readers.ts'
import { needing } from '../../needing.ts'
import { endlessPdf } from '../sample-pdf.ts'

let folder: string
let readers: FileReaders
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-readers-'))
})
afterEach(async () => {
  await readers.close()
  await rm(folder, { recursive: true })
})

const NEVER = 3_600_000
let files = 0
/** Where the system lists processes by their numbers. */
const onLinux = needing('/proc', existsSync('/proc/self/status'))

/** Reads what it is given as a file of this name and workspace. */
function reading(options: FileReadersOptions) {
  readers = new FileReaders(options)
  return async (
    workspace: string,
    name: string,
    content: string | Uint8Array,
    signal?: AbortSignal,
  ) => {
    const path = join(folder, String(files++))
    await writeFile(path, content)
    return (await readers.of(workspace).read(path, name, { signal })).text
  }
}

/** Of the processes that read for this one. */
function readerPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8')
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return status.includes(`PPid:\t${process.pid}\n`) && line.includes('reader-host')
      } catch {
        return false
      }
    })
    .map(Number)
}

onLinux('reads the small file of one while the files of another never end', async () => {
  const read = reading({ processes: 2, limits: { maxCpuMs: NEVER } })
  const leaving = new AbortController()
  const endless = [1, 2, 3].map(() => read('evil', 'a.pdf', endlessPdf(), leaving.signal))
  const outcomes = Promise.allSettled(endless)
  while (readerPids().length === 0) await sleep(20)
  expect(await read('acme', 'a.txt', 'fine')).toBe('fine')
  leaving.abort(new Error('enough'))
  expect((await outcomes).map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
})

/** A process that gets no turn for a while. The parent may end it meanwhile. */
async function standStill(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGSTOP')
    await sleep(200)
    process.kill(pid, 'SIGCONT')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

onLinux('counts what a file takes of the processor, not what others take meanwhile', async () => {
  const read = reading({ limits: { maxCpuMs: 3000, maxClockMs: NEVER } })
  expect(await read('acme', 'a.txt', 'first')).toBe('first')
  const [reader = 0] = readerPids()
  // What a machine does to a process that gets no turn.
  process.kill(reader, 'SIGSTOP')
  const second = read('acme', 'a.txt', 'second')
  await sleep(3500)
  process.kill(reader, 'SIGCONT')
  expect(await second).toBe('second')
  expect(readerPids()).toEqual([reader])
})

onLinux(
  'gives a file its time of the processor, however seldom its reader gets a turn',
  async () => {
    // More than the start of a reader takes on a slow machine, after which it would not be kept.
    const read = reading({ limits: { maxCpuMs: 3000, maxClockMs: 1000 } })
    expect(await read('acme', 'a.txt', 'first')).toBe('first')
    const [reader] = readerPids()
    if (reader === undefined) throw new Error('The reader was not kept.')
    let turns = 0
    const ended = read('acme', 'a.pdf', endlessPdf()).catch((error: Error) => error.message)
    const isOver = ended.then(() => true)
    do {
      await standStill(reader)
      turns++
    } while (!(await Promise.race([isOver, sleep(100)])) && readerPids().includes(reader))
    expect(await ended).toMatch(/more than 3 seconds of the processor/)
    // By the clock it took several times what a reader may that does nothing.
    expect(turns).toBeGreaterThan(7)
  },
)

onLinux(
  'tries a file once more when its reader stands still or is ended from outside',
  async () => {
    const read = reading({ limits: { maxClockMs: 2500 } })
    expect(await read('acme', 'a.txt', 'first')).toBe('first')
    const [still = 0] = readerPids()
    process.kill(still, 'SIGSTOP')
    expect(await read('acme', 'a.txt', 'second')).toBe('second')
    const [other = 0] = readerPids()
    expect(other).not.toBe(still)
    process.kill(other, 'SIGSTOP')
    const third = read('acme', 'a.txt', 'third')
    process.kill(other, 'SIGKILL')
    expect(await third).toBe('third')
  },
)

it('fails one file alone when it takes all memory, of the heap or in one piece', async () => {
  const read = reading({ processes: 3, limits: { maxHeapMb: 64, maxCpuMs: NEVER } })
  const hogs = {
    'many.json': `[${'{"a":[]},'.repeat(1_500_000)}1]`,
    // An array as long as the text: where there is no room for it, the whole process ends.
    'one.json': `x\n${'1\n'.repeat(30_000_000)}`,
  }
  const failed = Object.entries(hogs).map(([name, text]) => read('evil', name, text))
  const outcomes = Promise.allSettled(failed)
  expect(await read('acme', 'a.txt', 'fine')).toBe('fine')
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: {
        code: 'invalid_argument',
        message:
          'The file needs more memory to read than it may take. Divide it, or have READ_MEMORY_MB and READ_HEAP_MB raised.',
      },
    })
  }
  expect(await read('evil', 'a.txt', 'fine again')).toBe('fine again')
})

it('gives on a text of many megabytes without holding the server', async () => {
  const read = reading({})
  const line = 'Zwölf Boxkämpfer jagen Viktor 🦊 quer über den großen Sylter Deich.\n'
  const text = line.repeat(200_000)
  expect(await read('acme', 'a.txt', text)).toBe(text.trim())
})

onLinux('leaves no process behind when it is closed', async () => {
  const read = reading({})
  await Promise.all(['a', 'b', 'c'].map((space) => read(space, 'a.txt', space)))
  expect(readerPids().length).toBeGreaterThan(0)
  await readers.close()
  while (readerPids().length > 0) await sleep(20)
  await expect(read('a', 'a.txt', 'late')).rejects.toMatchObject({ code: 'engine_closed' })
})
