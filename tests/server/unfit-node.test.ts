import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { refuseUnfitNode, UnfitNodeError } from '../../src/server/guards/unfit-node.ts'
import { tempFolder } from './temp-folder.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const HOOKED = 'ELF _ZN4node28RemoveEnvironmentCleanupHookEPN2v87Isolate'
const PLAIN = 'ELF _ZN4node25AddEnvironmentCleanupHookEPN2v87Isolate'
/** The library tells when somebody makes it load its native half. */
const SQLITE = `module.exports = class { constructor() { console.log('loaded') } }
module.exports.SqliteError = class extends Error {}`
const OTHER_NODE = `const versions = { ...process.versions, node: '24.20.0' }
Object.defineProperty(process, 'versions', { value: versions })`

describe('a Node that aborts', () => {
  const libraryOf = async (content: string) => {
    const folder = await tempFolder()
    onTestFinished(() => folder.remove())
    const path = join(folder.path, 'better_sqlite3.node')
    await writeFile(path, content)
    return () => path
  }

  it.each([
    ['24.0.0', true],
    ['24.19.0', true],
    ['24.21.1', true],
    ['24.22.0', false],
    ['24.30.0', false],
    ['26.3.1', true],
    ['26.4.0', false],
    ['20.19.0', false],
    ['22.23.5', false],
  ])('is told by its version and how the library was compiled: %s', async (node, aborts) => {
    const hooked = await libraryOf(HOOKED)
    const refused = () => refuseUnfitNode(node, hooked)
    if (aborts) expect(refused).toThrow(UnfitNodeError)
    else refused()
    refuseUnfitNode(node, await libraryOf(PLAIN))
    refuseUnfitNode(node, () => join(ROOT, 'no', 'such', 'library'))
  })

  describe('with a library that was compiled for it', () => {
    let folder: string
    beforeAll(async () => {
      const temp = await tempFolder()
      folder = temp.path
      await cp(dirname(process.env.TENANTRAG_TEST_CLI ?? ''), join(folder, 'dist', 'bin'), {
        recursive: true,
      })
      await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
      await writeFile(join(folder, 'other-node.cjs'), OTHER_NODE)
      await symlinkPackages(join(folder, 'node_modules'))
      await build({
        absWorkingDir: ROOT,
        entryPoints: ['src/library.ts', 'src/main.ts'],
        outdir: join(folder, 'lib'),
        bundle: true,
        packages: 'external',
        platform: 'node',
        format: 'esm',
        logLevel: 'error',
      })
      return () => temp.remove()
    })

    const run = (...args: string[]) =>
      promisify(execFile)(process.execPath, ['--require', './other-node.cjs', ...args], {
        cwd: folder,
        env: { PATH: process.env.PATH, WORKING_DIR: join(folder, 'rag_storage'), PORT: '0' },
        timeout: 60_000,
      }).catch((error: { code: number; stdout: string; stderr: string }) => error)

    it.each([[], ['demo', '--exit'], ['workspace', 'list']])(
      'is refused with the remedy before the library is loaded: %s',
      async (...words) => {
        const ended = await run('dist/bin/tenantrag.js', ...words)
        expect(ended).toMatchObject({ code: 1, stdout: '' })
        expect(ended.stderr).toMatch(
          /^Node 24\.20\.0 aborts with better-sqlite3 .* Use Node 24\.22 or newer, or Node 22, .*\n$/,
        )
      },
    )

    it.each([
      ['library.js', 'openLightRag({ dir: "space" })'],
      ['main.js', 'startServer({ WORKING_DIR: "x", INPUT_DIR: "y" })'],
    ])('is refused by the library, too: %s %s', async (file, call) => {
      const script = `import('./lib/${file}').then((it) => it.${call}).catch((error) => {
        console.error(error.name, error.message)
        process.exitCode = 3
      })`
      const ended = await run('--eval', script)
      expect(ended).toMatchObject({ code: 3, stdout: '' })
      expect(ended.stderr).toMatch(/^UnfitNodeError Node 24\.20\.0 aborts with better-sqlite3/)
    })
  })
})

/** Every package of this checkout, and in place of one of them what stands for it here. */
async function symlinkPackages(target: string): Promise<void> {
  const source = join(ROOT, 'node_modules')
  await mkdir(join(target, 'better-sqlite3', 'lib'), { recursive: true })
  await mkdir(join(target, 'better-sqlite3', 'build', 'Release'), { recursive: true })
  await writeFile(join(target, 'better-sqlite3', 'package.json'), '{ "main": "lib/index.js" }')
  await writeFile(join(target, 'better-sqlite3', 'lib', 'index.js'), SQLITE)
  await writeFile(join(target, 'better-sqlite3', 'build', 'Release', 'better_sqlite3.node'), HOOKED)
  for (const name of await readdir(source)) {
    if (name.startsWith('.') || name === 'better-sqlite3') continue
    await symlink(join(source, name), join(target, name))
  }
}
