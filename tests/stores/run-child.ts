import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Child {
  readonly process: ChildProcess
  /** Lines of its output so far. */
  readonly lines: string[]
  /** Resolves with the first line that begins so; rejects when the child ends before. */
  line(start: string): Promise<string>
  /** Resolves when it has ended and its output is read. */
  readonly ended: Promise<void>
}

/** Runs a script in a process of its own, behind `wrapper` if given. */
export function runChild(
  script: URL,
  args: readonly string[],
  wrapper: readonly string[] = [],
): Child {
  const file = fileURLToPath(script)
  const [command = '', ...rest] = [
    ...wrapper,
    process.execPath,
    '--import',
    import.meta.resolve('tsx'),
    file,
    ...args,
  ]
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => {
    lines.push(line)
    for (const look of waiting) look()
  })
  let closed = false
  const ended = new Promise<void>((resolve) => {
    reader.on('close', () => {
      closed = true
      for (const look of waiting) look()
      resolve()
    })
  })
  const line = (start: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = lines.find((candidate) => candidate.startsWith(start))
        if (found !== undefined) resolve(found)
        else if (closed) reject(new Error(`the child ended without saying ${start}`))
        else return
        waiting.delete(look)
      }
      waiting.add(look)
      look()
    })
  return { process: child, lines, line, ended }
}
