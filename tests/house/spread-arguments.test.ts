import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { expect, it } from 'vitest'
import { parseAst } from 'vitest/node'
import { nodes, type SyntaxNode, sourceFiles } from './expressions/syntax.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Where lists are as long as documents make them. */
const FOLDERS = /^src\/(?:engine|formats|models\/offline|routes|http|stores\/sqlite\/[^/]*$)/
/** What takes any number of arguments; other calls are given as many as they have parameters. */
const TAKES_ANY = /^(?:push|unshift|splice|concat|min|max|fromCharCode|fromCodePoint)$/

/** Pieces of a list that was cut to go from one process to another. */
const BOUNDED = [
  'src/formats/reader/reader-process.ts: this.#pages.push(...message.piece)',
  'src/formats/reader/reader-process.ts: this.#headings.push(...message.piece)',
]

// Arguments lie on the stack: some 100,000 of them end the call, and with it whatever it is part of.
it('no list that grows with documents is handed over as arguments of a call', async () => {
  const spread: string[] = []
  for (const file of (await sourceFiles(ROOT)).filter((file) => FOLDERS.test(file))) {
    const source = await readFile(`${ROOT}${file}`, 'utf8')
    const { code } = await transform(source, { loader: 'ts', format: 'esm' })
    for (const node of nodes(parseAst(code) as unknown as SyntaxNode)) {
      if (isSpreadCall(node)) spread.push(`${file}: ${code.slice(node.start, node.end)}`)
    }
  }
  expect(spread).toEqual(BOUNDED)
})

function isSpreadCall({ type, callee, arguments: given }: SyntaxNode): boolean {
  if (type !== 'CallExpression' || !Array.isArray(given)) return false
  const { property } = callee as { property?: { name?: string } }
  return TAKES_ANY.test(property?.name ?? '') && given.some((one) => one.type === 'SpreadElement')
}
