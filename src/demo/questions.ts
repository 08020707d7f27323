export type CompanyName = 'acme' | 'techstart'

/** A question that both companies ask, with the words that only the right answer of each holds. */
export interface DemoQuestion {
  readonly text: string
  readonly fact: Readonly<Record<CompanyName, string>>
}

export const QUESTIONS: readonly DemoQuestion[] = [
  {
    text: 'How long does the warranty last?',
    fact: { acme: '36 months', techstart: '18 months' },
  },
  {
    text: 'Within how many days may a customer return a product for a full refund?',
    fact: { acme: '45 days', techstart: '14 days' },
  },
  {
    text: 'What is the budget of Project Falcon?',
    fact: { acme: '2.4 million euros', techstart: '900,000 dollars' },
  },
]

/** Names that stand in the documents of one company alone: in an answer of the other, a leak. */
const OWN_WORDS: Readonly<Record<CompanyName, readonly string[]>> = {
  acme: ['Acme', 'AquaLine', 'HelioSeal', 'PulseGuard', 'Bremen', 'Rotterdam', 'euros'],
  techstart: ['Techstart', 'Nimbus', 'SkyBridge', 'Cirrus', 'Austin', 'dollars'],
}

/** Everything that an answer given to the other company must not hold. */
export function factsOf(company: CompanyName): string[] {
  return [...OWN_WORDS[company], ...QUESTIONS.map((question) => question.fact[company])]
}
