import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, transform } from 'esbuild'
import { parseAst } from 'vitest/node'
import { nodes, type SyntaxNode, sourceFiles } from './syntax.ts'

/** A regular expression of the sources. */
export interface Listed {
  /** From the root of the repository. */
  readonly file: string
  readonly source: string
  readonly flags: string
}

interface Module {
  readonly file: string
  /** Without its types. */
  readonly code: string
  readonly literals: readonly Listed[]
  /** Code of the expressions that are put together when the module is loaded. */
  readonly computed: readonly string[]
}

/** Every regular expression below `src`: literals, `new RegExp`, and the patterns of schemas. */
export async function listedExpressions(root: string): Promise<Listed[]> {
  const modules = await Promise.all((await sourceFiles(root)).map((file) => readModule(root, file)))
  return [...modules.flatMap(({ literals }) => literals), ...(await evaluated(root, modules))]
}

async function readModule(root: string, file: string): Promise<Module> {
  const source = await readFile(join(root, file), 'utf8')
  const { code } = await transform(source, { loader: 'ts', format: 'esm' })
  const literals: Listed[] = []
  const computed: string[] = []
  for (const node of nodes(parseAst(code) as unknown as SyntaxNode)) {
    const regex = node.regex as { pattern: string; flags: string } | undefined
    if (node.type === 'Literal' && regex) {
      literals.push({ file, source: regex.pattern, flags: regex.flags })
    }
    const given = givenPattern(node)
    if (given) computed.push(code.slice(given.start, given.end))
  }
  return { file, code, literals, computed }
}

/** The expression of `new RegExp(…)`, or of the `pattern` of a schema. */
function givenPattern(node: SyntaxNode): SyntaxNode | null {
  const callee = node.callee as SyntaxNode | undefined
  if (callee?.type === 'Identifier' && callee.name === 'RegExp') return node
  // Methods of strings make an expression of a string.
  const property = callee?.property as SyntaxNode | undefined
  const [first] = (node.arguments as readonly SyntaxNode[] | undefined) ?? []
  if (first?.type === 'Literal' && /^(?:match|matchAll|search)$/.test(String(property?.name))) {
    return typeof first.value === 'string' ? first : null
  }
  const key = node.key as SyntaxNode | undefined
  const isPattern = node.type === 'Property' && (key?.name ?? key?.value) === 'pattern'
  return isPattern && node.shorthand !== true ? (node.value as SyntaxNode) : null
}

/** What the computed expressions are, by loading their modules with an export more. */
async function evaluated(root: string, modules: readonly Module[]): Promise<Listed[]> {
  const asked = new Map(
    modules.filter(({ computed }) => computed.length > 0).map((module) => [module.file, module]),
  )
  const folder = join(root, 'node_modules', '.cache', `expressions-${process.pid}`)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  try {
    const entry = [...asked.keys()].map((file, i) => `export * as m${i} from './${file}'`)
    const { outputFiles } = await build({
      stdin: { contents: entry.join('\n'), resolveDir: root },
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      target: 'esnext',
      packages: 'external',
      logLevel: 'silent',
      plugins: [
        {
          name: 'expressions',
          setup: ({ onLoad }) => {
            onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
              const module = asked.get(path.slice(root.length))
              if (!module) return undefined
              const list = module.computed.map((code) => `() => ${code}`).join(', ')
              return {
                contents: `${module.code}\nexport const $expressions = [${list}]`,
                loader: 'js',
              }
            })
          },
        },
      ],
    })
    const path = join(folder, 'modules.js')
    await writeFile(path, outputFiles[0]?.text ?? '')
    const loaded: Record<string, { $expressions: (() => unknown)[] }> = await import(
      /* @vite-ignore */ pathToFileURL(path).href
    )
    return [...asked.values()].flatMap(({ file, computed }, i) =>
      (loaded[`m${i}`]?.$expressions ?? []).map((expression, j) => {
        try {
          const value = expression()
          return value instanceof RegExp
            ? { file, source: value.source, flags: value.flags }
            : { file, source: String(value), flags: 'u' }
        } catch {
          throw new Error(`${file}: "${computed[j]}" is not known before it runs.`)
        }
      }),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
