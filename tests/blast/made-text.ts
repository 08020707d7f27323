import { SeededRandom } from '../isolation/soak/random.ts'

const NAMES = ['Ada', 'Boris', 'Carla', 'Dimitri', 'Elena', 'Farid', 'Greta', 'Hugo'] as const
const HOUSES = ['Harbour Office', 'Pump House', 'Grain Store', 'Glass Works', 'Tide Mill'] as const
const DEEDS = ['surveyed', 'repaired', 'bought', 'measured', 'painted', 'described'] as const

/** Ordinary texts, each another one; the same for the same seed. */
export class TextMaker {
  readonly random: SeededRandom

  constructor(seed: number) {
    this.random = new SeededRandom(seed)
  }

  sentence(): string {
    const { random } = this
    const name = `${random.pick(NAMES)} ${capital(random.letters(4))}`
    const house = `${capital(random.letters(3))} ${random.pick(HOUSES)}`
    return `${name} ${random.pick(DEEDS)} the ${house} in ${1900 + random.below(120)}.`
  }

  text(sentences: number): string {
    return Array.from({ length: sentences }, () => this.sentence()).join(' ')
  }

  question(): string {
    return `Who ${this.random.pick(DEEDS)} the ${this.random.pick(HOUSES)}?`
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
