import { basename, dirname, join, normalize } from 'node:path/posix'

/** Sources by their paths from the root of the repository. */
export type Sources = ReadonlyMap<string, string>

/** Files that may lie in `src/` itself: the entries of the program and of the library. */
export const ENTRIES = ['src/cli.ts', 'src/library.ts', 'src/main.ts']

const MOST_FILES = 25
const MOST_LINES = 400
const MEDIAN_LINES = 80

/** Names that several files may bear, and why. */
const SHARED_NAMES: ReadonlyMap<string, string> = new Map([
  ['library.ts', 'the entry of a room that programs may import: its folder says which'],
])

const lines = (text: string) => text.split('\n').length - 1

/** Folders with more files of their own than somebody looks through. */
export function crowdedFolders(sources: Sources): string[] {
  const counts = new Map<string, number>()
  for (const path of sources.keys()) {
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
  }
  return [...counts].filter(([, count]) => count > MOST_FILES).map(([folder]) => folder)
}

export function looseFiles(sources: Sources): string[] {
  return [...sources.keys()].filter((path) => dirname(path) === 'src' && !ENTRIES.includes(path))
}

/** Names of files that stand in several folders: a search for one by its name finds the other. */
export function sharedNames(sources: Sources): string[] {
  return namesOfMany(sources).filter((name) => !SHARED_NAMES.has(name))
}

/** Exceptions that nothing needs any more. */
export function unneededNames(sources: Sources): string[] {
  const many = namesOfMany(sources)
  return [...SHARED_NAMES.keys()].filter((name) => !many.includes(name))
}

function namesOfMany(sources: Sources): string[] {
  const names = [...sources.keys()].map((path) => basename(path))
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].sort()
}

export function longFiles(sources: Sources): string[] {
  return [...sources].filter(([, text]) => lines(text) > MOST_LINES).map(([path]) => path)
}

/** The lines of the file in the middle, where it is longer than it may be. */
export function longMedian(sources: Sources): number | null {
  const sorted = [...sources.values()].map(lines).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  return median > MEDIAN_LINES ? median : null
}

/** What each file imports of the others, types included. */
function importsOf(sources: Sources): Map<string, string[]> {
  return new Map(
    [...sources].map(([path, text]) => {
      const named = text.matchAll(/(?:from|import|import\(|new URL\()\s*'(\.[^']+\.tsx?)'/g)
      const targets = Array.from(named, ([, to = '']) => normalize(join(dirname(path), to)))
      return [path, targets.filter((to) => sources.has(to))]
    }),
  )
}

/** The folder below `src/` that a file belongs to; an entry is a room of its own. */
export function roomOf(path: string): string {
  return path.split('/')[1] ?? path
}

/** Rooms, and the rooms that their files import from. */
export function arrowsBetweenRooms(sources: Sources): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>()
  for (const [path, targets] of importsOf(sources)) {
    const from = roomOf(path)
    const to = arrows.get(from) ?? new Set()
    for (const target of targets) if (roomOf(target) !== from) to.add(roomOf(target))
    arrows.set(from, to)
  }
  return arrows
}

export function circlesOfFiles(sources: Sources): string[][] {
  return circles(importsOf(sources))
}

export function circlesOfRooms(sources: Sources): string[][] {
  return circles(arrowsBetweenRooms(sources))
}

/** Strongly connected parts of more than one node (Tarjan, 1972), each in order of names. */
function circles(graph: ReadonlyMap<string, Iterable<string>>): string[][] {
  const found: string[][] = []
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const open: string[] = []
  const visit = (node: string): void => {
    order.set(node, order.size)
    low.set(node, order.size - 1)
    open.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next)
      if (open.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0))
    }
    if (low.get(node) !== order.get(node)) return
    const part = open.splice(open.indexOf(node))
    if (part.length > 1) found.push(part.sort())
  }
  for (const node of graph.keys()) if (!order.has(node)) visit(node)
  return found
}

/** Rooms and arrows as the architecture page tells them: a row `| room/ | what it knows | it imports |` each. */
export function roomsOnThePage(page: string): Map<string, Set<string>> {
  const rows = page.matchAll(/^\| `([\w.-]+)\/?` \| .*? \| ([^|]*) \|$/gm)
  return new Map(
    Array.from(rows, ([, room = '', imports = '']) => [
      room,
      new Set(Array.from(imports.matchAll(/`([\w.-]+)`/g), ([, name = '']) => name)),
    ]),
  )
}
