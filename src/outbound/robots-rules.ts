interface Rule {
  readonly path: string
  readonly allows: boolean
}

/** In characters; what is longer is cut, as RFC 9309 allows. */
export const LONGEST_ROBOTS = 500 * 1024
const MOST_RULES = 5000
const LONGEST_PATH = 2000

/**
 * Whether a `robots.txt` lets a program fetch a path (RFC 9309). The rules for its own name count, else
 * those for all; of several rules the longest, and of two as long the one that allows.
 *
 * @param agent the program's name, as rules have it
 * @param path with its query
 */
export function robotsAllow(robots: string, agent: string, path: string): boolean {
  const groups = groupsOf(robots.slice(0, LONGEST_ROBOTS))
  const rules = groups.get(agent.toLowerCase()) ?? groups.get('*') ?? []
  let best: Rule = { path: '', allows: true }
  for (const rule of rules) {
    const isBetter =
      rule.path.length > best.path.length ||
      (rule.path.length === best.path.length && rule.allows && !best.allows)
    if (isBetter && matches(path, rule.path)) best = rule
  }
  return best.allows
}

function groupsOf(robots: string): Map<string, Rule[]> {
  const groups = new Map<string, Rule[]>()
  let open: Rule[][] = []
  let isNaming = false
  let count = 0
  for (const raw of robots.split(/\r\n?|\n/)) {
    const [line = ''] = raw.split('#', 1)
    const colon = line.indexOf(':')
    const field = line.slice(0, Math.max(0, colon)).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    if (field === 'user-agent') {
      if (!isNaming) open = []
      isNaming = true
      const name = value.toLowerCase()
      const rules = groups.get(name) ?? []
      groups.set(name, rules)
      open.push(rules)
    } else if (field === 'allow' || field === 'disallow') {
      isNaming = false
      if (value === '' || ++count > MOST_RULES) continue
      for (const rules of open) {
        rules.push({ path: value.slice(0, LONGEST_PATH), allows: field === 'allow' })
      }
    }
  }
  return groups
}

/** A star stands for anything, and a dollar for the end. Each piece is looked for once, from the left. */
function matches(path: string, pattern: string): boolean {
  const isWhole = pattern.endsWith('$')
  const pieces = (isWhole ? pattern.slice(0, -1) : pattern).split('*')
  const [first = '', ...rest] = pieces
  if (!path.startsWith(first)) return false
  let at = first.length
  for (const [i, piece] of rest.entries()) {
    if (isWhole && i === rest.length - 1) {
      return path.length - piece.length >= at && path.endsWith(piece)
    }
    const found = path.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return !isWhole || at === path.length
}
