import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Runs a script beside this file in a fresh process; what it prints last is its result, as JSON. */
export async function runBenchChild<Result>(
  script: string,
  args: readonly string[],
): Promise<Result> {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const flags = ['--expose-gc', '--import', import.meta.resolve('tsx')]
  const child = spawn(process.execPath, [...flags, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${script} ended with ${code}`)
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Result
}
