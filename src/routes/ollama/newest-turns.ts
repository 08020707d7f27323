/** Characters of earlier turns that go with a question; a long talk is heeded from its end. */
const MOST_CHARACTERS = 262_144

interface Turn {
  readonly role: string
  readonly content: string
}

/** The newest turns whose texts have room together, in their order, and nothing but their texts. */
export function newestTurns(turns: readonly Turn[], most = MOST_CHARACTERS): Turn[] {
  let from = turns.length
  for (let room = most; from > 0; from--) {
    room -= turns[from - 1]?.content.length ?? 0
    if (room < 0) break
  }
  return turns.slice(from).map(({ role, content }) => ({ role, content }))
}
