import { type Check, noneOf } from './check.ts'
import type { Company } from './company.ts'
import { type CompanyName, type DemoQuestion, factsOf } from './questions.ts'
import type { Answer } from './rag-client.ts'

export interface AskedQuestion {
  readonly question: DemoQuestion
  readonly answers: Readonly<Record<CompanyName, Answer>>
}

/** Judges what one company was told: right, cited from its own files, free of the other's facts. */
export function checkAnswers(
  name: CompanyName,
  other: CompanyName,
  company: Company,
  asked: readonly AskedQuestion[],
): Check[] {
  const answers = asked.map(({ question, answers }) => ({ question, answer: answers[name] }))
  return [
    noneOf(
      `${name} gets its own fact in each of ${answers.length} answers`,
      answers
        .filter(({ question, answer }) => !answer.response.includes(question.fact[name]))
        .map(({ question }) => `"${question.fact[name]}" is missing in the answer`),
    ),
    noneOf(
      `${name}'s answers cite files of ${name} alone`,
      answers.flatMap(({ answer }) => foreignCitations(answer, company.texts)),
    ),
    noneOf(
      `${name}'s answers hold no fact of ${other}`,
      answers.flatMap(({ answer }) => foreignFacts(answer, other)),
    ),
  ]
}

function foreignCitations(answer: Answer, texts: ReadonlyMap<string, string>): string[] {
  if (answer.references.length === 0) return ['an answer cites nothing']
  return answer.references.flatMap(({ file_path: file, content }) => {
    const text = texts.get(file)
    if (text === undefined) return [`${file} is not among its files`]
    // Both companies own a refund-policy.md, so the name alone proves nothing.
    const own = content.length > 0 && content.every((chunk) => squash(text).includes(squash(chunk)))
    return own ? [] : [`a passage cited from ${file} does not stand there`]
  })
}

function foreignFacts(answer: Answer, other: CompanyName): string[] {
  const told = [answer.response, ...answer.references.flatMap(({ content }) => content)].join('\n')
  return factsOf(other)
    .filter((fact) => told.includes(fact))
    .map((fact) => `"${fact}" belongs to ${other}`)
}

function squash(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
