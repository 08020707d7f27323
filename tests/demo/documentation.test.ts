import { access, readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { ENV_FIELDS } from '../../src/config/config.ts'
import { readUsers } from '../../src/tenancy/users/users-schema.ts'
import { DESCRIBED_ROUTES } from '../contract/route-permissions.ts'

const ROOT = new URL('../../', import.meta.url)
const read = (path: string) => readFile(new URL(path, ROOT), 'utf8')

/** A field's row in docs/configuration.md. */
function configurationRow([name, field]: [string, (typeof ENV_FIELDS)[keyof typeof ENV_FIELDS]]) {
  const fallback = [field.fallback ?? []].flat().join(',')
  return `| \`${name}\` | ${fallback === '' ? '–' : `\`${fallback}\``} | ${field.about} |`
}

describe('the documentation', () => {
  it('lists every variable with its default and meaning, and no other', async () => {
    const rows = (await read('docs/configuration.md')).match(/^\| `.+$/gm) ?? []
    const expected = Object.entries(ENV_FIELDS).map(configurationRow)
    expect(rows.toSorted()).toEqual(expected.toSorted())
  })

  it('names only known variables in .env.example', async () => {
    const names = [...(await read('.env.example')).matchAll(/^#?([A-Z_]+)=/gm)].map(
      ([, name]) => name,
    )
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => !Object.hasOwn(ENV_FIELDS, name ?? ''))).toEqual([])
  })

  it('lists every route', async () => {
    const page = `${await read('docs/api.md')}${await read('docs/control-plane.md')}`
    const rows = DESCRIBED_ROUTES
    const routes = rows.map((row) => row.replaceAll(/:(\w+)/g, '{$1}'))
    const missing = routes.filter((row) => !new RegExp(`\`${escaped(row)}[\`?]`).test(page))
    expect(missing).toEqual([])
  })

  it('links only to files that exist', async () => {
    const pages = ['README.md', 'CONTRIBUTING.md']
    for (const name of await readdir(new URL('docs/', ROOT))) {
      if (name.endsWith('.md')) pages.push(`docs/${name}`)
    }
    for (const page of pages) {
      for (const [, target = ''] of (await read(page)).matchAll(/\]\(((?!https?:|#)[^)#]+)/g)) {
        const file = new URL(target, new URL(page, ROOT))
        await expect(access(file), `${page} → ${target}`).resolves.toBeUndefined()
      }
    }
  })

  it('shows an example users file that the server accepts', async () => {
    expect(readUsers(JSON.parse(await read('users.json.example')))).not.toHaveProperty('problems')
  })

  it('keeps the README under 120 lines', async () => {
    expect((await read('README.md')).split('\n').length).toBeLessThan(120)
  })
})

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
