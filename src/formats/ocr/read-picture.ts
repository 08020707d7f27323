import { spawn } from 'node:child_process'
import { UnreadableFile } from '../unreadable-file.ts'

/** The program that reads pictures of text, if there is one. */
export interface OcrSettings {
  /** Its path, or its name where programs of the system are. */
  readonly program: string
  /** As it names them, such as `eng+deu`. */
  readonly languages: string
}

/** For one picture. */
const LONGEST_MS = 120_000
const MOST_TEXT = 2 * 1024 * 1024
/** The reader has no environment; the program is looked for here, and takes one core. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', OMP_THREAD_LIMIT: '1' }

/**
 * The words of a picture, read by a program that takes it from its input, as Tesseract does. It runs
 * under the limits of the system that this process is under.
 *
 * @param picture in a format that the program knows
 * @throws {UnreadableFile} when there is no such program, or it fails
 */
export function readPicture(
  { program, languages }: OcrSettings,
  picture: Uint8Array,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['stdin', 'stdout', '-l', languages], {
      env: ENVIRONMENT,
      stdio: ['pipe', 'pipe', 'ignore'],
      // With a group of its own whatever it starts itself can be ended with it.
      detached: true,
    })
    const end = () => {
      endGroup(child.pid)
      child.stdout.destroy()
    }
    const late = setTimeout(end, LONGEST_MS)
    const pieces: Buffer[] = []
    let length = 0
    child.stdout.on('data', (piece: Buffer) => {
      length += piece.length
      if (length > MOST_TEXT) end()
      else pieces.push(piece)
    })
    child.on('error', (cause) => {
      clearTimeout(late)
      reject(failed(program, 'cannot be started', cause))
    })
    child.on('close', (code, signal) => {
      clearTimeout(late)
      if (code === 0) resolve(Buffer.concat(pieces).toString('utf8').replaceAll('\f', ''))
      else reject(failed(program, `ended with ${signal ?? code}`))
    })
    // A program that takes nothing says why by its end.
    child.stdin.on('error', () => undefined)
    child.stdin.end(picture)
  })
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

function failed(program: string, what: string, cause?: unknown): UnreadableFile {
  const name = program.split('/').at(-1) ?? program
  return new UnreadableFile(
    `The file holds pictures of text, and the program that reads them (${name}) ${what}.`,
    { cause },
  )
}
