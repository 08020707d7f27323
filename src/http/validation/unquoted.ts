/** A shorter run of characters is said by chance. */
const SHORTEST_QUOTE = 12
/** More of a body is not searched for. */
const LONGEST_TEXT = 20_000

/** A message without what it quotes of a request: a provider may repeat the question that it refuses. */
export function unquoted(message: string, body: unknown): string {
  const said = textsIn(body).join('\n').slice(0, LONGEST_TEXT)
  let result = ''
  let at = 0
  while (at < message.length) {
    let end = at + SHORTEST_QUOTE
    if (end > message.length || !said.includes(message.slice(at, end))) {
      result += message[at]
      at += 1
      continue
    }
    while (end < message.length && said.includes(message.slice(at, end + 1))) end += 1
    result += '[…]'
    at = end
  }
  return result
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
