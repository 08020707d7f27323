import { execFile } from 'node:child_process'
import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { QUOTA_RULES } from '../../../src/control/quotas/quota-rules.ts'
import { RAG_METHODS, RAG_STREAMS } from '../../../src/engine/rag.ts'
import { tempFolder } from '../../server/temp-folder.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const RULES = 'src/control/quotas/quota-rules.ts'
const CALLS = 'src/engine/graph/graph-calls.ts'

/** The rules in a copy of the sources where the engine may have been given another method. */
describe('the rules of the quotas', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let whole: string

  beforeAll(async () => {
    folder = await tempFolder()
    await cp(join(ROOT, 'src'), join(folder.path, 'src'), { recursive: true })
    await symlink(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'))
    await cp(join(ROOT, 'package.json'), join(folder.path, 'package.json'))
    const { compilerOptions } = JSON.parse(await readFile(join(ROOT, 'tsconfig.json'), 'utf8'))
    const config = { compilerOptions, files: [RULES] }
    await writeFile(join(folder.path, 'tsconfig.json'), JSON.stringify(config))
    whole = await readFile(join(folder.path, CALLS), 'utf8')
  })
  afterAll(() => folder.remove())

  /** What the compiler says of the rules when the engine has this method too. */
  const faultsWith = async (method: string) => {
    const tenantKb = 'export interface GraphCalls extends GraphEdits {\n'
    expect(whole.split(tenantKb)).toHaveLength(2)
    await writeFile(join(folder.path, CALLS), whole.replace(tenantKb, `${tenantKb}  ${method}\n`))
    const compiler = promisify(execFile)(process.execPath, [TSC, '--noEmit'], { cwd: folder.path })
    return compiler.then(
      () => [],
      ({ stdout }: { stdout: string }) => stdout.split('\n').filter((line) => /error/.test(line)),
    )
  }

  it('compile for the engine as it is', async () => {
    expect(await faultsWith('')).toEqual([])
  })

  it('do not compile when a method of the engine has none', async () => {
    for (const method of ['planted(): Promise<void>', 'planted(): AsyncIterable<string>']) {
      const faults = await faultsWith(method)
      const missing = "Property 'planted' is missing"
      expect(faults.filter((fault) => fault.includes(missing))).toEqual([
        expect.stringContaining(RULES),
      ])
    }
  })

  it('are of all methods that callers reach, and of no other', () => {
    expect(Object.keys(QUOTA_RULES).sort()).toEqual([...RAG_METHODS, ...RAG_STREAMS].sort())
  })
})
