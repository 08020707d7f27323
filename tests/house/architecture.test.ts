import { execFileSync, spawnSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}

describe('the house', () => {
  it.each(['src/engine', 'src/stores', 'src/models', 'src/routes'])(
    '%s knows no tenants',
    async (folder) => {
      const files = await sources(folder)
      expect(files.length).toBeGreaterThan(3)
      for (const file of files)
        expect(await readFile(file, 'utf8'), file).not.toMatch(/tenant|tenancy/i)
    },
  )

  it('reads the environment in one place', async () => {
    const readers: string[] = []
    for (const file of await sources('src')) {
      if (/process\.env/.test(await readFile(file, 'utf8'))) readers.push(file.slice(ROOT.length))
    }
    expect(readers).toEqual(['src/cli.ts'])
  })
})

describe('the import rules', () => {
  let copy: string
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'tenantrag-house-'))
    for (const name of ['src', 'biome.json', 'package.json', 'tsconfig.json', '.gitignore']) {
      await cp(join(ROOT, name), join(copy, name), { recursive: true })
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
    execFileSync('git', ['init', '-q'], { cwd: copy })
  })
  afterAll(() => rm(copy, { recursive: true, force: true }))

  const lint = () =>
    spawnSync(
      process.execPath,
      [join(ROOT, 'node_modules/@biomejs/biome/bin/biome'), 'lint', 'src'],
      {
        cwd: copy,
        encoding: 'utf8',
      },
    )

  it('find nothing to say of the sources as they are', () => {
    expect(lint().status).toBe(0)
  })

  it.each([
    ['src/engine', '../stores/sqlite/sqlite-store.ts', 'openSqliteStore'],
    ['src/engine', '../tenancy/context.ts', 'context'],
    ['src/engine', 'fastify', 'fastify'],
    ['src/routes', '../tenancy/context.ts', 'context'],
    ['src/routes', '../engine/light-rag.ts', 'LightRag'],
    ['src/tenancy', '../engine/light-rag.ts', 'LightRag'],
    ['src/tenancy', '../routes/query.ts', 'queryRoutes'],
    ['src/stores', '../tenancy/context.ts', 'context'],
    ['src/models', '../routes/query.ts', 'queryRoutes'],
    ['src/formats', '../stores/sqlite/sqlite-store.ts', 'openSqliteStore'],
    ['src/http', '../tenancy/context.ts', 'context'],
    ['src/control', '../stores/sqlite/sqlite-store.ts', 'openSqliteStore'],
    ['src/tenancy', '../control/control-plane.ts', 'openControlPlane'],
  ])('refuse an import from %s of %s', async (folder, target, name) => {
    const planted = join(copy, folder, 'planted.ts')
    await writeFile(planted, `import { ${name} } from '${target}'\n\nconsole.log(${name})\n`)
    const { status, stdout, stderr } = lint()
    await rm(planted)
    expect(status).not.toBe(0)
    expect(stdout + stderr).toMatch(/noRestrictedImports/)
  })

  it('refuse a cycle', async () => {
    const [one, two] = ['planted-one', 'planted-two'].map((name) =>
      join(copy, 'src/engine', `${name}.ts`),
    )
    await writeFile(
      `${one}`,
      "import { two } from './planted-two.ts'\n\nexport const one = () => two\n",
    )
    await writeFile(
      `${two}`,
      "import { one } from './planted-one.ts'\n\nexport const two = () => one\n",
    )
    const { status, stdout, stderr } = lint()
    await rm(`${one}`)
    await rm(`${two}`)
    expect(status).not.toBe(0)
    expect(stdout + stderr).toMatch(/noImportCycles/)
  })
})
