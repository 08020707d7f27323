import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Edit, Mutation, NamedTest, TestChoice } from './mutation.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const COPIED = [
  'src',
  'tests',
  'docs',
  'bundle.mjs',
  'package.json',
  'tsconfig.json',
  'users.json.example',
  'vitest.config.ts',
]

/** Where tests start the server as a process of its own, so that it has to be compiled. */
const OF_PROCESSES = /^tests\/(commands|guarantees|hosts|server|control\/adopt)\//

/** `FAILS ANYWAY`: a test that fails on whole sources proves nothing about broken ones. */
export type Verdict = 'caught' | 'SURVIVED' | 'NOT APPLICABLE' | 'FAILS ANYWAY'

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
    for (const name of COPIED) await cp(join(ROOT, name), join(copy, name), { recursive: true })
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
    const judge = new Judge(copy)
    for (const mutation of mutations) report(mutation.name, await judge.verdictOn(mutation))
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

class Judge {
  readonly #copy: string
  /** Whether tests pass on the whole sources. */
  readonly #whole = new Map<string, boolean>()

  constructor(copy: string) {
    this.#copy = copy
  }

  async verdictOn(mutation: Mutation): Promise<Verdict> {
    for (const test of mutation.tests) {
      if (!(await this.#passesWhole(test))) return 'FAILS ANYWAY'
    }
    const whole = await this.#plant(mutation.edits)
    if (whole === undefined) return 'NOT APPLICABLE'
    try {
      for (const test of mutation.tests) {
        if ((await this.#outcomeOf(test)) === 'failed') return 'caught'
      }
      return 'SURVIVED'
    } finally {
      for (const [file, text] of whole) await writeFile(file, text)
    }
  }

  /** The files as they were; undefined, and nothing changed, when an edit has no place. */
  async #plant(edits: readonly Edit[]): Promise<Map<string, string> | undefined> {
    const whole = new Map<string, string>()
    const broken = new Map<string, string>()
    for (const { file, find, replace } of edits) {
      const path = join(this.#copy, file)
      if (!whole.has(path)) whole.set(path, await readFile(path, 'utf8'))
      const text = broken.get(path) ?? whole.get(path) ?? ''
      if (text.split(find).length !== 2) return undefined
      // As a function: a `$` in the replacement is no pattern.
      broken.set(
        path,
        text.replace(find, () => replace),
      )
    }
    for (const [path, text] of broken) await writeFile(path, text)
    return whole
  }

  async #passesWhole(test: TestChoice): Promise<boolean> {
    const key = JSON.stringify(test)
    const known = this.#whole.get(key) ?? (await this.#outcomeOf(test)) === 'passed'
    this.#whole.set(key, known)
    return known
  }

  async #outcomeOf(test: TestChoice): Promise<Outcome> {
    if (typeof test !== 'string') return this.#outcomeOfOne(test)
    return (await this.#vitest(test, ['--bail=1'])) === 0 ? 'passed' : 'failed'
  }

  /** Of the test itself: one that did not come to run has noticed nothing. */
  async #outcomeOfOne({ file, title }: NamedTest): Promise<Outcome> {
    const pattern = titlePattern(title)
    const report = join(this.#copy, 'report.json')
    await rm(report, { force: true })
    const args = ['-t', pattern.source, '--reporter=json', `--outputFile=${report}`]
    if ((await this.#vitest(file, args)) === null) return 'failed'
    const written = await readFile(report, 'utf8').catch(() => '{"testResults":[]}')
    const { testResults } = JSON.parse(written) as VitestReport
    const statuses = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter((result) => pattern.test(result.title))
      .map(({ status }) => status)
    if (statuses.includes('failed')) return 'failed'
    return statuses.includes('passed') ? 'passed' : 'not run'
  }

  /** The exit code; null when the run had to be ended. */
  async #vitest(file: string, args: readonly string[]): Promise<number | null> {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
    const child = spawn(process.execPath, [vitest, 'run', '--testTimeout=20000', ...args, file], {
      cwd: this.#copy,
      stdio: 'ignore',
      env: OF_PROCESSES.test(file) ? process.env : { ...process.env, TENANTRAG_TESTS_UNBUILT: '1' },
    })
    // A protection that is gone may well show as a wait without end.
    const timer = setTimeout(() => child.kill('SIGKILL'), 90_000)
    const [code] = (await once(child, 'exit')) as [number | null]
    clearTimeout(timer)
    return code
  }
}

type Outcome = 'passed' | 'failed' | 'not run'

interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[]
  }[]
}

function titlePattern(title: string): RegExp {
  const parts = title.split(/%[a-z]/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`${parts.join('.*')}$`)
}
