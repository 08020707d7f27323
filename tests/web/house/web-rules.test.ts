import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const WEB = fileURLToPath(new URL('../../../src/web/', import.meta.url))

async function sources(): Promise<Map<string, string>> {
  const entries = await readdir(WEB, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(
      paths.map(async (path) => [relative(WEB, path), await readFile(path, 'utf8')] as const),
    ),
  )
}

/** Lines that break a rule, with their file. */
type Rule = (path: string, text: string) => string[]

const linesWith = (text: string, what: RegExp) => text.split('\n').filter((line) => what.test(line))

const RULES: Readonly<Record<string, Rule>> = {
  'no feature imports another': (path, text) => {
    const own = /^features\/([^/]+)\//.exec(path)?.[1]
    if (own === undefined) return []
    return linesWith(text, /from '\.\.\/[^.]/)
  },
  'only the state and what joins it to the browser keep anything': (path, text) =>
    /^(?:state|work)\//.test(path) || path === 'features/ask/composer.tsx'
      ? []
      : linesWith(text, /\b(?:localStorage|sessionStorage)\b/),
  'the computer keeps nothing but looks and the last tenant': (path, text) =>
    path === 'work/services.ts' ? [] : linesWith(text, /\blocalStorage\b/),
  'no text becomes a part of a page unlooked at': (_path, text) =>
    linesWith(
      text,
      /dangerouslySetInnerHTML|\.innerHTML|insertAdjacentHTML|document\.write|\beval\(/,
    ),
  'what is asked is kept under the account and the tenant': (_path, text) =>
    linesWith(text, /queryKey: \[/).filter(
      (line) => !/queryKey: \[(?:account, |'ui-config'\])/.test(line),
    ),
  'no tenant goes into a path or a query': (_path, text) =>
    linesWith(text, /`[^`]*\/[^`]*\$\{[^}]*tenant[^}]*\}/i).filter(
      (line) => !line.includes('lightrag:tenant:'),
    ),
  'nobody but the client of the API asks for anything': (path, text) =>
    path === 'api/http-client.ts'
      ? []
      : linesWith(text, /(?<![.\w])fetch\(|XMLHttpRequest|EventSource/),
}

const BREAKS: readonly [rule: string, path: string, line: string][] = [
  ['no feature imports another', 'features/ask/x.tsx', "import { y } from '../reader/y.ts'"],
  [
    'only the state and what joins it to the browser keep anything',
    'ui/x.tsx',
    'sessionStorage.clear()',
  ],
  ['the computer keeps nothing but looks and the last tenant', 'state/x.ts', 'localStorage.a = 1'],
  ['no text becomes a part of a page unlooked at', 'ui/x.tsx', 'box.innerHTML = text'],
  [
    'what is asked is kept under the account and the tenant',
    'data/x.ts',
    "queryKey: ['documents']",
  ],
  [
    'no tenant goes into a path or a query',
    'data/x.ts',
    ['http.json(`api/v1/tenants/$', '{tenantId}/kbs`)'].join(''),
  ],
  ['nobody but the client of the API asks for anything', 'data/x.ts', "await fetch('/documents')"],
]

describe('in the web UI', () => {
  it.each(Object.entries(RULES))('%s', async (_name, rule) => {
    const all = await sources()
    expect(all.size).toBeGreaterThan(60)
    const found = [...all].flatMap(([path, text]) =>
      rule(path, text).map((line) => `${path}: ${line}`),
    )
    expect(found).toEqual([])
  })

  it.each(BREAKS)('the rule that %s would be seen to be broken by %s: %s', (name, path, line) => {
    expect(RULES[name]?.(path, line)).toEqual([line])
  })
})
