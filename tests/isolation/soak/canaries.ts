import type { SeededRandom } from './random.ts'

/** Begins every canary, so that one pattern finds them all, cut ones too. */
const MARK = 'zqxj'
const LETTERS = 8
const WORDS = new RegExp(`${MARK}[a-z]{0,${LETTERS}}`, 'gi')
const IDS = /doc-[0-9a-f]{32}|(?:insert|upload)_\d{8}_\d{6}_[0-9a-f]{8}/g

/** Words that belong to one workspace each, and the ids that the server gave to what is theirs. */
export class Canaries {
  readonly #words = new Map<string, number>()
  readonly #ids = new Map<string, number>()

  /** New words of a workspace that nobody can guess. */
  plant(owner: number, count: number, random: SeededRandom): string[] {
    const words: string[] = []
    while (words.length < count) {
      const word = `${MARK}${random.letters(LETTERS)}`
      if (this.#words.has(word)) continue
      this.#words.set(word, owner)
      words.push(word)
    }
    return words
  }

  /** From now on this id of a document or a track betrays its owner as a word does. */
  remember(id: string, owner: number): void {
    this.#ids.set(id, owner)
  }

  /**
   * What in a text belongs to somebody else.
   *
   * @param sent what the reader had sent: an answer may repeat it
   */
  foreignIn(text: string, own: readonly number[], sent = ''): string[] {
    const found: string[] = []
    const known = sent.toLowerCase()
    for (const [match] of text.matchAll(WORDS)) {
      const word = match.toLowerCase()
      if (!this.#belongs(word, own) && !known.includes(word)) found.push(word)
    }
    for (const [id] of text.matchAll(IDS)) {
      const owner = this.#ids.get(id)
      if (owner !== undefined && !own.includes(owner) && !known.includes(id)) found.push(id)
    }
    return found
  }

  /** The workspaces whose words stand in a text. */
  ownersIn(text: string): Set<number> {
    const owners = new Set<number>()
    for (const [match] of text.matchAll(WORDS)) {
      const owner = this.#words.get(match.toLowerCase())
      if (owner !== undefined) owners.add(owner)
    }
    return owners
  }

  #belongs(word: string, own: readonly number[]): boolean {
    const owner = this.#words.get(word)
    if (owner !== undefined) return own.includes(owner)
    // A word that a summary or the end of a broken stream cut off.
    for (const [whole, number] of this.#words) {
      if (own.includes(number) && whole.startsWith(word)) return true
    }
    return false
  }
}
