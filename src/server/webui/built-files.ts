import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the web UI, whose name changes with its content. */
export interface BuiltFile {
  readonly path: string
  readonly type: string
  /** In bytes, by the encoding it lies there in; `identity` is the file itself. */
  readonly sizes: Readonly<Partial<Record<Encoding, number>>>
}

export type Encoding = 'br' | 'gzip' | 'identity'

/** The web UI as its build left it. */
export interface BuiltWebUi {
  /** The page, before it is told where it is served. */
  readonly page: string
  /** Of the page and so of all it names. */
  readonly digest: string
  /** By their path below the folder, such as `assets/main-3f2a.js`. */
  readonly files: ReadonlyMap<string, BuiltFile>
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
}

const ENDINGS: Readonly<Record<Exclude<Encoding, 'identity'>, string>> = { br: '.br', gzip: '.gz' }

/** Where a build of the web UI lies, if there is one. */
export interface WebUiSource {
  readonly folder: string | undefined
}

/** @param entry address of the program's entry, which lies in `dist/bin`, `dist` or `src` */
export function builtBeside(entry: string): WebUiSource {
  const places = ['../webui/', './webui/', '../dist/webui/'].map((path) => new URL(path, entry))
  const found = places.find((place) => existsSync(new URL('index.html', place)))
  return { folder: found && fileURLToPath(found) }
}

/**
 * Lists what the build left, so that a request can name nothing else.
 *
 * @param folder with `index.html` and `assets/`
 */
export async function readBuiltFiles(folder: string): Promise<BuiltWebUi> {
  const page = await readFile(join(folder, 'index.html'), 'utf8')
  const names = await readdir(join(folder, 'assets'))
  const files = new Map<string, BuiltFile>()
  for (const name of names) {
    const type = TYPES[extname(name)]
    if (type === undefined) continue
    const path = join(folder, 'assets', name)
    const sizes: Partial<Record<Encoding, number>> = { identity: (await stat(path)).size }
    for (const [encoding, ending] of Object.entries(ENDINGS)) {
      if (!names.includes(name + ending)) continue
      sizes[encoding as Encoding] = (await stat(path + ending)).size
    }
    files.set(`assets/${name}`, { path, type, sizes })
  }
  const digest = createHash('sha256').update(page).digest('base64url').slice(0, 22)
  return { page, digest, files }
}

/** The smallest form of a file that a client takes, by its `Accept-Encoding`. */
export function encodingFor(accepted: string | undefined, { sizes }: BuiltFile): Encoding {
  const taken = new Set(
    (accepted ?? '')
      .slice(0, 1000)
      .split(',')
      .filter((one) => !/;\s*q=0(?:\.0*)?\s*$/.test(one))
      .map((one) => one.split(';')[0]?.trim().toLowerCase()),
  )
  if (taken.has('br') && sizes.br !== undefined) return 'br'
  if (taken.has('gzip') && sizes.gzip !== undefined) return 'gzip'
  return 'identity'
}

/** The file on disk that holds a form of it. */
export function pathOf({ path }: BuiltFile, encoding: Encoding): string {
  return encoding === 'identity' ? path : path + ENDINGS[encoding]
}
