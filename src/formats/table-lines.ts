const NUMBER = /^[-+]?[\d.,]+%?$/

/**
 * Rows of a table as lines that can be understood alone: with the names of their columns, when the
 * first row looks like names.
 */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const filled = rows
    .map((row) => row.map((cell) => cell.trim().replace(/\s+/g, ' ')))
    .filter((row) => row.some((cell) => cell !== ''))
  const [first, ...others] = filled
  if (!first) return []
  const width = filled.reduce((widest, row) => Math.max(widest, row.length), 0)
  if (width === 1) return filled.map(([cell = '']) => cell)
  if (others.length === 0 || !namesColumns(first)) return filled.map(asRow)
  return others.map((row) => {
    const cells = row.flatMap((cell, i) => (cell === '' ? [] : [named(first[i], cell)]))
    return `- ${cells.join('; ')}`
  })
}

function asRow(row: readonly string[]): string {
  return `| ${row.join(' | ')} |`
}

function named(name: string | undefined, cell: string): string {
  return name ? `${name}: ${cell}` : cell
}

function namesColumns(row: readonly string[]): boolean {
  const names = row.filter((cell) => cell !== '')
  if (names.length < 2 || new Set(names).size < names.length) return false
  return names.every((name) => name.length <= 80 && !NUMBER.test(name))
}
