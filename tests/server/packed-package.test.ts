import { execFile } from 'node:child_process'
import { access, copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PackedPackage, packPackage, ROOT } from './packed-package.ts'
import { tempFolder } from './temp-folder.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let packed: PackedPackage
/** Of the package, with `/` between folders. */
let files: string[]

beforeAll(async () => {
  folder = await tempFolder()
  packed = await packPackage(folder.path)
  const entries = await readdir(packed.installed, { recursive: true, withFileTypes: true })
  files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(packed.installed.length + 1))
})
afterAll(() => folder.remove())

const textOf = (file: string) => readFile(join(packed.installed, file), 'utf8')

/** Runs a program of the development packages, and gives what it prints. */
async function runTool(program: string, ...args: readonly string[]): Promise<string> {
  const path = join(ROOT, 'node_modules', program)
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...args])
  return stdout
}

describe('the package as it is published', () => {
  it('pleases publint', async () => {
    const said = await runTool('publint/src/cli.js', packed.tarball, '--strict')
    expect(said).toContain('All good!')
  })

  it('has types that hold wherever ESM is imported, by attw', async () => {
    const cli = '@arethetypeswrong/cli/dist/index.js'
    const said = await runTool(cli, packed.tarball, '--profile', 'esm-only', '--format', 'ascii')
    expect(said.match(/node16 \(from ESM\): 🟢 \(ESM\)/g)).toHaveLength(4)
  })

  it('lets nobody import what is inside', async () => {
    await writeFile(join(packed.project, 'inside.mjs'), "await import('tenantrag/tenancy/pool.js')")
    await expect(packed.node('inside.mjs')).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED')
    const { exports } = JSON.parse(await textOf('package.json')) as { exports: object }
    expect(Object.keys(exports)).toEqual(['.', './tenancy', './server', './control'])
  })

  it('can be published', async () => {
    expect(JSON.parse(await textOf('package.json'))).not.toHaveProperty('private')
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/bin/tenantrag.js']))
  })

  it('has no source map, since it has no sources', async () => {
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([])
    for (const file of files.filter((name) => name.endsWith('.js'))) {
      expect(await textOf(file), file).not.toMatch(/^\/\/# sourceMappingURL/m)
    }
  })

  it('brings along every page that its pages link to', async () => {
    for (const page of files.filter((name) => name.endsWith('.md'))) {
      for (const [, link = ''] of (await textOf(page)).matchAll(/\]\(([^)#\s]+)/g)) {
        if (link.startsWith('http')) continue
        await expect(access(join(packed.installed, dirname(page), link)), link).resolves.toBe(
          undefined,
        )
      }
    }
  })

  it('exports the type of all that the engine takes and gives', async () => {
    const entry = await textOf('dist/library.d.ts')
    const calls = files.filter((name) => /^dist\/engine\/.*-calls\.d\.ts$/.test(name))
    expect(calls).toHaveLength(8)
    for (const file of calls) {
      for (const [, name = ''] of (await textOf(file)).matchAll(
        /^export (?:interface|type) (\w+)/gm,
      ))
        expect(entry, file).toMatch(new RegExp(`\\b${name}[,\\s]`))
    }
  })

  it('imports nothing that it does not declare', async () => {
    const { dependencies, optionalDependencies } = JSON.parse(await textOf('package.json'))
    const declared = new Set(Object.keys({ ...dependencies, ...optionalDependencies }))
    const undeclared: string[] = []
    const compiled = files.filter((name) => /^dist\/.*\.(js|d\.ts)$/.test(name))
    for (const file of compiled) {
      const code = (await textOf(file)).replaceAll(/^ *\*.*$/gm, '')
      const imports = code.matchAll(
        /(?:\bfrom |\bimport\(|\b__require\()['"](@?[a-z][\w./-]*)['"]/gm,
      )
      for (const [, specifier = ''] of imports) {
        const [scope = '', name] = specifier.split('/')
        const needed = scope.startsWith('@') ? `${scope}/${name}` : scope
        if (needed.startsWith('node:') || builtinModules.includes(needed)) continue
        if (!declared.has(needed)) undeclared.push(`${file}: ${needed}`)
      }
    }
    expect(undeclared).toEqual([])
  })
})

/** A service for one user, as somebody may have written it. */
const NOTES = `
import type { FastifyInstance } from 'fastify'

export class NoteBook {
  #notes: string[] = []
  readonly folder: string
  constructor(folder: string) { this.folder = folder }
  async add(text: string) { return this.#notes.push(text) }
  async list() { return [this.folder, ...this.#notes] }
  async close() {}
}
export async function noteRoutes(app: FastifyInstance, { book }: { book: NoteBook }) {
  app.get('/notes', () => book.list())
  const config = { access: 'document:read' } as const
  app.get('/folder', { config }, async () => (await book.list())[0])
  app.post<{ Body: { text: string } }>('/notes', (request) => book.add(request.body.text))
}
`

/** Asks the service of the drop-in page as two tenants and as nobody. */
const CALL_NOTES = `
import { app } from './app.js'

const call = async (key, payload) => {
  const headers = key ? { 'x-api-key': key } : {}
  const method = payload ? 'POST' : 'GET'
  const { statusCode, body } = await app.inject({ method, url: '/notes', headers, payload })
  return statusCode === 200 ? JSON.parse(body) : statusCode
}
await call('key-of-acme', { text: 'anvils' })
const answers = [await call('key-of-acme'), await call('key-of-techstart'), await call()]
console.log(JSON.stringify(answers))
await app.close()
`

describe('the examples of the pages', () => {
  it('pass the compiler without skipLibCheck, as all types of the entries do', async () => {
    const page = await textOf('docs/library.md')
    const examples = [...page.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)]
    expect(examples.map(([, name]) => name)).toEqual(['ask.ts', 'models.ts', 'serve.ts', 'ask.cts'])
    const [, dropIn = ''] = /```ts\n([\s\S]*?)```/.exec(await textOf('docs/drop-in.md')) ?? []
    expect(dropIn.trimEnd().split('\n').length).toBeLessThanOrEqual(30)
    const sources: Record<string, string> = {
      'package.json': '{ "type": "module" }',
      'app.ts': dropIn,
      'notes.ts': NOTES,
      'call-notes.js': CALL_NOTES,
    }
    for (const [, name = '', text = ''] of examples) sources[name] = text
    for (const [name, text] of Object.entries(sources)) {
      await writeFile(join(packed.project, name), text)
    }
    const setup = 'docs/examples/complete-setup.ts'
    await copyFile(join(packed.installed, setup), join(packed.project, 'complete-setup.ts'))
    const names = Object.keys(sources).filter((name) => /\.c?ts$/.test(name))
    await packed.compile([...names, 'complete-setup.ts'])
  })

  it('ask the engine, with models of the AI SDK too, and from CommonJS', async () => {
    expect(await packed.node('ask.js')).toMatch(/Ines Halvard[\s\S]*\ninvalid_argument\n$/)
    expect(await packed.node('models.js')).toBe('')
    expect(await packed.node('ask.cjs')).toBe('0\n')
  })

  it('run the program', async () => {
    const program = join(packed.installed, 'dist/bin/tenantrag.js')
    expect(await packed.node(program, '--version')).toMatch(/^\d+\.\d+\.\d+ /)
  })

  it('start a server', async () => {
    expect(await packed.node('serve.js')).toMatch(/^200$/m)
  })

  it('put the tenancy layer around a service', async () => {
    const users = ['acme', 'techstart'].map((name) => ({
      username: name,
      password: 'a long demo password',
      api_key: `key-of-${name}`,
      workspace: name,
    }))
    await writeFile(join(packed.project, 'users.json'), JSON.stringify({ users }))
    expect(JSON.parse(await packed.node('call-notes.js'))).toEqual([
      ['./data/acme', 'anvils'],
      ['./data/techstart'],
      401,
    ])
  })

  it('set a tenant up with the services', async () => {
    const said = await packed.node('complete-setup.js', join(packed.project, 'setup'))
    expect(said.split('\n').filter((line) => /^[a-z]+[a-z, ]*: /.test(line))).toEqual([
      'cal, the viewer, asks: The pump house of Acme opens at six. [1]',
      'cal uploads: 403',
      'the program asks: The pump house of Acme opens at six. [1]',
      'bea, removed, asks: 403',
      'documents: 1',
      'acts: member_removed api_key_created member_added member_added kb_created tenant_modified tenant_created',
    ])
  })
})
