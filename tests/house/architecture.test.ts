import { execFileSync, spawnSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
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

  it('has no module that only its tests come to', async () => {
    const reached = new Set<string>()
    const come = async (file: string): Promise<void> => {
      if (reached.has(file)) return
      reached.add(file)
      const text = await readFile(file, 'utf8')
      const named = [...text.matchAll(/(?:from|import|import\(|new URL\()\s*'(\.[^']+\.tsx?)'/g)]
      for (const [, path = ''] of named) await come(join(dirname(file), path))
    }
    const { exports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      exports: Record<string, { default: string }>
    }
    const published = Object.values(exports).map((entry) => entry.default)
    for (const entry of ['./dist/cli.js', ...published]) {
      await come(join(ROOT, entry.replace('dist', 'src').replace(/js$/, 'ts')))
    }
    // The page of the web UI names it.
    await come(join(ROOT, 'src/web/app/main.tsx'))
    const files = await sources('src')
    expect(files.filter((file) => !reached.has(file))).toEqual([])
  })

  it('reads the environment in one place', async () => {
    const readers: string[] = []
    for (const file of await sources('src')) {
      if (/process\.env/.test(await readFile(file, 'utf8'))) readers.push(file.slice(ROOT.length))
    }
    // The other two pass on to a process what Node itself reads, and empty it of secrets.
    expect(readers.sort()).toEqual([
      'src/cli.ts',
      'src/hosts/engine-host.ts',
      'src/server/engines/host-process.ts',
    ])
  })
})

describe('statements', () => {
  // Such a statement is planned anew each time it is run, which takes longer than many take to run.
  it('have no bare parameter as their limit', async () => {
    const planned: string[] = []
    for (const file of await sources('src')) {
      if (/LIMIT\s+\?(?! \+ 0)/.test(await readFile(file, 'utf8'))) planned.push(file)
    }
    expect(planned).toEqual([])
  })
})

/** Imports that some folder must not have: where, what, and a name to import. */
const FORBIDDEN = [
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
] as const

const CYCLE = [
  ['one', 'two'],
  ['two', 'one'],
] as const

describe('the import rules', () => {
  let copy: string
  let status: number | null
  let said: string
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'tenantrag-house-'))
    for (const name of ['src', 'biome.json', 'package.json', 'tsconfig.json', '.gitignore']) {
      await cp(join(ROOT, name), join(copy, name), { recursive: true })
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
    execFileSync('git', ['init', '-q'], { cwd: copy })
    for (const [i, [folder, target, name]] of FORBIDDEN.entries()) {
      const text = `import { ${name} } from '${target}'\n\nconsole.log(${name})\n`
      await writeFile(join(copy, folder, `planted-${i}.ts`), text)
    }
    for (const [name, other] of CYCLE) {
      const text = `import { ${other} } from './${other}.ts'\n\nexport const ${name} = () => ${other}\n`
      await writeFile(join(copy, 'src/engine', `${name}.ts`), text)
    }
    const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')
    const args = [biome, 'lint', '--max-diagnostics=none', 'src']
    const { stdout, stderr, ...run } = spawnSync(process.execPath, args, {
      cwd: copy,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    })
    status = run.status
    said = stdout + stderr
  }, 300_000)
  afterAll(() => rm(copy, { recursive: true, force: true }))

  const saidOf = (file: string) =>
    Array.from(said.matchAll(/^(\S+?):\d+:\d+ (lint\/\S+)/gm), ([, where, rule]) => ({
      where,
      rule,
    }))
      .filter(({ where }) => where === file)
      .map(({ rule }) => rule)

  it('find nothing to say of the sources as they are', () => {
    const others = Array.from(said.matchAll(/^(\S+?\.ts):\d+:\d+ /gm), ([, where = '']) => where)
    expect(others.filter((where) => !/\/(planted-\d+|one|two)\.ts$/.test(where))).toEqual([])
  })

  it.each(FORBIDDEN.map(([folder, target], i) => [folder, target, i] as const))(
    'refuse an import from %s of %s',
    (folder, _target, i) => {
      expect(status).not.toBe(0)
      expect(saidOf(`${folder}/planted-${i}.ts`)).toContain('lint/style/noRestrictedImports')
    },
  )

  it('refuse a cycle', () => {
    expect(saidOf('src/engine/one.ts')).toContain('lint/suspicious/noImportCycles')
  })
})
