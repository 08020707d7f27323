import { type AskedQuestion, checkAnswers } from './check-answers.ts'
import { checkIntrusion, checkKeys } from './check-isolation.ts'
import { type Company, openCompany } from './company.ts'
import { loadCorpus, type Tracks } from './load-corpus.ts'
import { QUESTIONS } from './questions.ts'
import type { Answer } from './rag-client.ts'
import type { Screen } from './screen.ts'
import { sideBySide } from './screen.ts'

/**
 * Loads both companies, asks their questions and judges the server at `url`.
 *
 * @returns whether every check holds
 * @throws {DemoError} when the server does not get as far as the checks
 */
export async function showDemo(url: string, screen: Screen): Promise<boolean> {
  const acme = await openCompany('acme', url)
  const techstart = await openCompany('techstart', url)
  screen.line(screen.bold('TenantRAG demo: two companies, one server, nothing shared'))

  screen.heading(`Loading ${acme.texts.size + techstart.texts.size} documents into ${url}`)
  const tracks = await loadCorpus([acme, techstart], (done, total) =>
    screen.progress('documents processed', done, total),
  )
  const asked = await askBoth(acme, techstart, screen)
  const holds = await judge(url, acme, techstart, asked, tracks, screen)

  screen.heading('Try it yourself')
  const question = QUESTIONS[0]?.text ?? ''
  for (const line of curlLines(url, [acme, techstart], question)) screen.line(`  ${line}`)
  return holds
}

async function askBoth(acme: Company, techstart: Company, screen: Screen) {
  screen.heading('Both companies ask the same questions')
  screen.line('  Offline models answer with sentences of the documents.')
  const asked: AskedQuestion[] = []
  let firstAnswer: number | undefined
  for (const question of QUESTIONS) {
    const toAcme = await acme.client.ask(question.text)
    firstAnswer ??= performance.now()
    const answers = {
      acme: toAcme,
      techstart: await techstart.client.ask(question.text),
    }
    asked.push({ question, answers })
    screen.line()
    screen.line(`  ${screen.bold(question.text)}`)
    const left = citedAnswer('acme', answers.acme)
    const right = citedAnswer('techstart', answers.techstart)
    for (const line of sideBySide(left, right, screen.width)) screen.line(line)
  }
  const seconds = ((firstAnswer ?? 0) / 1000).toFixed(1)
  screen.line()
  screen.line(`  The first answer came ${seconds} s after the process started.`)
  return asked
}

async function judge(
  url: string,
  acme: Company,
  techstart: Company,
  asked: readonly AskedQuestion[],
  tracks: Tracks,
  screen: Screen,
): Promise<boolean> {
  screen.heading('Checks')
  const firstTrack = (company: Company) => tracks.get(company.name)?.[0] ?? ''
  const checks = [
    ...checkAnswers('acme', 'techstart', acme, asked),
    ...checkAnswers('techstart', 'acme', techstart, asked),
    ...(await checkKeys(url)),
    ...(await checkIntrusion(acme, techstart, firstTrack(acme))),
    ...(await checkIntrusion(techstart, acme, firstTrack(techstart))),
  ]
  for (const check of checks) screen.check(check)
  const held = checks.filter((check) => check.holds).length
  screen.line()
  screen.line(`  ${held} of ${checks.length} checks hold`)
  return held === checks.length
}

/** An answer as the demo prints it: who got it, the text, the files it cites. */
function citedAnswer(name: string, { response, references }: Answer): string {
  const body = bodyOf(response)
  const cited = references.filter(({ reference_id: id }) => body.includes(`[${id}]`))
  const sources = (cited.length > 0 ? cited : references).map(
    (entry) => `[${entry.reference_id}] ${entry.file_path}`,
  )
  return [`${name}:`, body, '', ...sources].join('\n')
}

/** The text without what the demo says once for all answers: the list of files, a closing remark. */
function bodyOf(response: string): string {
  const [text = ''] = response.split(/^### References/m)
  return text.replace(/\n[ \t]*\*[^*\n]+\*\s*$/, '').trim()
}

/** Lines to paste into a shell: a question, the document list and a wrong key. */
function curlLines(url: string, companies: readonly Company[], question: string): string[] {
  const json = "-H 'Content-Type: application/json'"
  const asks = companies.map(
    ({ key }) => `curl -s ${url}/query -H 'X-API-Key: ${key}' ${json} -d '{"query":"${question}"}'`,
  )
  const lists = companies
    .slice(0, 1)
    .map(({ key }) => `curl -s ${url}/documents -H 'X-API-Key: ${key}'`)
  return [...asks, ...lists, `curl -i ${url}/documents -H 'X-API-Key: wrong-key'`]
}
