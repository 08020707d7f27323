import { existsSync } from 'node:fs'
import { getPriority } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { FileReaders } from '../../../src/formats/reader/file-readers.ts'
import type { ReadLimits } from '../../../src/formats/reader/read-limits.ts'
import { needing } from '../../needing.ts'

const NEVER = 3_600_000
const PATIENT = { maxCpuMs: NEVER, maxClockMs: NEVER }
const onLinux = needing('/proc', existsSync('/proc/self/status'))

let readers: FileReaders
afterEach(() => readers.close())

/** Has a reader without any watch of its own do what stands in the file’s name. */
function planted(limits: Partial<ReadLimits>) {
  const host = new URL('./planted-child.ts', import.meta.url)
  readers = new FileReaders({ processes: 3, limits, host })
  const spent: number[] = []
  const onCpu = (ms: number) => spent.push(ms)
  const read = async (deed: string, workspace = 'evil', path = '/nowhere') =>
    (await readers.of(workspace).read(path, deed, { onCpu })).text
  return { read, spent }
}

describe('a reader that is out of hand', () => {
  onLinux(
    'is ended by the server when it burns more of the processor than a file may',
    async () => {
      const { read, spent } = planted({ ...PATIENT, maxCpuMs: 600 })
      await expect(read('burn')).rejects.toMatchObject({
        code: 'invalid_argument',
        message:
          'The file took more than 0.6 seconds of the processor to read. Divide it, or have READ_SECONDS raised.',
      })
      expect(spent).toHaveLength(1)
      expect(spent[0]).toBeGreaterThan(600)
    },
  )

  onLinux('is ended by the server when it has more in memory than a file may take', async () => {
    const { read } = planted({ ...PATIENT, maxGrowthMb: 100 })
    await expect(read('fill')).rejects.toMatchObject({
      code: 'invalid_argument',
      message:
        'The file needs more memory to read than it may take. Divide it, or have READ_MEMORY_MB and READ_HEAP_MB raised.',
    })
  })

  it('is ended by the server when it stands still, and its file is tried once more', async () => {
    const { read, spent } = planted({ ...PATIENT, maxCpuMs: 1000, maxClockMs: 1000 })
    await expect(read('sleep')).rejects.toMatchObject({
      code: 'invalid_argument',
      message:
        'The reader of the file stood still for 1 seconds, twice. Save it anew, or in another format.',
    })
    expect(spent).toHaveLength(2)
  })

  it('gets no more memory from the system than a file may take and a reader has', async () => {
    const { read } = planted({ ...PATIENT, maxGrowthMb: 1000 })
    await expect(read('reserve')).rejects.toThrow(/needs more memory/)
  })

  it('is known by its last words to have run out of heap, and its file is not tried again', async () => {
    const { read, spent } = planted(PATIENT)
    await expect(read('fill a heap')).rejects.toThrow(/needs more memory/)
    expect(spent).toHaveLength(1)
  })

  it('writes nothing to any file', async () => {
    const { read } = planted(PATIENT)
    const path = `${process.env.TMPDIR}/planted-${process.pid}`
    await expect(read('write', 'evil', path)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: 'The file made its reader write to the disk, which no reader may. Save it anew.',
    })
    expect(await read('see what is written', 'evil', path)).toBe('0')
  })

  onLinux('is held by the system to its limits for its whole life', async () => {
    const { read } = planted({ ...PATIENT, maxCpuMs: 60_000, maxGrowthMb: 1024 })
    const limits = (await read('limits')).replace(/ +/g, ' ')
    expect(limits).toContain('Max cpu time 150 155 seconds')
    expect(limits).toContain('Max file size 0 0 bytes')
    expect(limits).toContain('Max core file size 0 0 bytes')
    const data = 1536 * 1024 * 1024
    expect(limits).toContain(`Max data size ${data} ${data} bytes`)
  })

  onLinux('gives way to the server with each of its threads', async () => {
    const { read } = planted(PATIENT)
    expect(Number(await read('niceness'))).toBe(Math.min(19, getPriority() + 5))
  })

  it('keeps nobody busy by what it writes to its error output', async () => {
    const { read } = planted(PATIENT)
    expect(await read('talk')).toBe('cut off')
  })

  it.each([
    [
      'abort',
      'The file made its reader crash, twice, as want of memory does too. Save it anew, or divide it.',
    ],
    [
      'exit',
      'The file made its reader crash, twice, as want of memory does too. Save it anew, or divide it.',
    ],
    [
      'end by the limit of time',
      'The file took more than 3600 seconds of the processor to read. Divide it, or have READ_SECONDS raised.',
    ],
    [
      'end by another hand',
      'The system ended the reader of the file, twice, as it does when memory is short. Send it again later, or in parts.',
    ],
  ])('that does this fails its file alone, with what to do: %s', async (deed, message) => {
    const { read } = planted(PATIENT)
    const failed = expect(read(deed)).rejects.toMatchObject({ code: 'invalid_argument', message })
    expect(Number(await read('pid', 'acme'))).toBeGreaterThan(0)
    await failed
    expect(Number(await read('pid'))).toBeGreaterThan(0)
  })

  onLinux('tells what it took before it died, of each try', async () => {
    const { read, spent } = planted(PATIENT)
    await expect(read('burn, then abort')).rejects.toThrow(/crash/)
    expect(spent).toHaveLength(2)
    expect(Math.min(...spent)).toBeGreaterThan(100)
  })

  it('takes no second file once it has used the time of one', async () => {
    const { read, spent } = planted({ ...PATIENT, maxCpuMs: 1400 })
    const first = await read('pid')
    expect(await read('pid')).toBe(first)
    expect(await read('burn to 1500')).toBe('burnt')
    expect(await read('pid')).not.toBe(first)
    // Its start is laid to no file, and no file to another.
    const [one = 0, two = 0, three = 0] = spent
    expect(one + two + three).toBeLessThan(1500)
  })
})
