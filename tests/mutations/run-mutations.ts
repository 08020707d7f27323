import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Mutation } from './mutations.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export type Verdict = 'caught' | 'SURVIVED' | 'NOT APPLICABLE'

/**
 * Plants each mutation in a copy of the sources, one at a time, and runs the tests that have to
 * notice. The sources themselves stay as they are.
 */
export async function runMutations(
  mutations: readonly Mutation[],
  report: (name: string, verdict: Verdict) => void,
): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), 'tenantrag-mutations-'))
  try {
    for (const name of ['src', 'tests', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
      await cp(join(ROOT, name), join(copy, name), { recursive: true })
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
    for (const mutation of mutations) report(mutation.name, await judge(copy, mutation))
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

async function judge(copy: string, mutation: Mutation): Promise<Verdict> {
  const file = join(copy, mutation.file)
  const whole = await readFile(file, 'utf8')
  if (whole.split(mutation.find).length !== 2) return 'NOT APPLICABLE'
  // As a function: a `$` in the replacement is no pattern.
  await writeFile(
    file,
    whole.replace(mutation.find, () => mutation.replace),
  )
  try {
    return (await passes(copy, mutation.tests)) ? 'SURVIVED' : 'caught'
  } finally {
    await writeFile(file, whole)
  }
}

async function passes(copy: string, tests: readonly string[]): Promise<boolean> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--bail=1', '--testTimeout=20000', ...tests]
  const child = spawn(process.execPath, args, { cwd: copy, stdio: 'ignore', env: process.env })
  // A protection that is gone may well show as a wait without end.
  const timer = setTimeout(() => child.kill('SIGKILL'), 90_000)
  const [code] = await once(child, 'exit')
  clearTimeout(timer)
  return code === 0
}
