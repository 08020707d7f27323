import { SEPARATOR } from '../../merge/merge-fragments.ts'
import type { GraphRows } from './graph-rows.ts'

/** A listing to read: an entry for each entity and each relation. */
export async function* textGraph(rows: GraphRows): AsyncGenerator<string> {
  yield title('ENTITIES')
  for await (const { name, type, description, filePaths } of rows.entities()) {
    yield entry(`${oneLine(name)} (${oneLine(type)})`, description, filePaths)
  }
  yield `\n${title('RELATIONS')}`
  for await (const relation of rows.relations()) {
    const { source, target, weight, keywords, description, filePaths } = relation
    const about = keywords === '' ? '' : `, ${oneLine(keywords)}`
    const head = `${oneLine(source)} -- ${oneLine(target)} (weight ${weight}${about})`
    yield entry(head, description, filePaths)
  }
}

function title(text: string): string {
  return `${text}\n${'='.repeat(text.length)}\n`
}

function entry(head: string, description: string, filePaths: readonly string[]): string {
  const told = description.split(SEPARATOR).flatMap((part) => part.split(/\r\n?|\n/))
  const lines = told.filter((line) => line.trim() !== '').map((line) => `    ${line}\n`)
  return `\n${head}\n${lines.join('')}    [${filePaths.map(oneLine).join('; ')}]\n`
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}
