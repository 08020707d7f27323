import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from './fixtures.ts'
import { ACME_KEY, acmeUser, TECHSTART_KEY, techstartUser } from './users.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

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
  app.post<{ Body: { text: string } }>('/notes', (request) => book.add(request.body.text))
}
`

it('the example of the drop-in page has at most 30 lines and does what it says', async () => {
  const page = await readFile(join(ROOT, 'docs/drop-in.md'), 'utf8')
  const example = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(30)

  const folder = await temporaryFolder()
  await mkdir(join(folder, 'data'))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'users.json'), JSON.stringify({ users: [acmeUser, techstartUser] }))
  await writeFile(join(folder, 'notes.ts'), NOTES)
  const source = example
    .replaceAll(/'tenantrag\/tenancy\/([\w-]+)\.js'/g, `'${ROOT}src/tenancy/$1.ts'`)
    .replaceAll("'./notes.js'", `'${folder}/notes.ts'`)
    .replaceAll(/(['`])\.\/(data|users\.json)/g, `$1${folder}/$2`)
  await writeFile(join(folder, 'app.ts'), source)
  const { app }: { app: FastifyInstance } = await import(join(folder, 'app.ts'))
  onTestFinished(() => app.close())

  const as = (key: string) => ({ url: '/notes', headers: { 'x-api-key': key } })
  await app.inject({ method: 'POST', ...as(ACME_KEY), payload: { text: 'anvils' } })
  expect((await app.inject(as(ACME_KEY))).json()).toEqual([`${folder}/data/acme`, 'anvils'])
  expect((await app.inject(as(TECHSTART_KEY))).json()).toEqual([`${folder}/data/techstart`])
  expect((await app.inject({ url: '/notes' })).statusCode).toBe(401)
})
