/** A language that is told by its little words. */
export type Language = 'en' | 'de' | 'fr' | 'es' | 'it' | 'pt' | 'nl'

/** Words that carry grammar, and those by which one asks; an English list stands in the engine. */
const FUNCTION_WORDS: Readonly<Record<Language, string>> = {
  en:
    'the of and to is are was were in on at for with by from that this it its as be has have not or an a ' +
    'what which who when where how does do did can may must should if there their your our you we they',
  de:
    'der die das den dem des ein eine einen einem einer eines und oder aber ist sind war waren wird werden ' +
    'wurde wurden hat haben hatte im in am an auf aus bei mit nach von vom vor zu zum zur für über unter um ' +
    'durch gegen ohne bis nicht kein keine keinen es er sie wir ihr ich man sich auch nur noch schon als wie ' +
    'was wer wem wen wessen wann wo wohin woher warum welche welcher welches welchen welchem wieviel viel ' +
    'viele kann können darf dürfen muss müssen soll sollen mein meine meinen meinem meiner dein unser seine ' +
    'seinen ihre ihren dieser diese dieses diesen wenn dass ob gibt lange hoch oft',
  fr:
    'le la les un une des du de au aux et ou mais est sont était étaient a ont avait avoir être ce cet cette ' +
    'ces il elle ils elles on nous vous je qui que quoi quel quelle quels quelles dont où quand comment ' +
    'combien pourquoi dans sur sous par pour avec sans chez entre vers ne pas plus se sa son ses leur leurs ' +
    'mon ma mes votre vos doit doivent peut peuvent faut y en si très est-ce',
  es:
    'el la los las un una unos unas de del al y o pero es son era fue está están en con por para sin sobre ' +
    'entre que qué quién quiénes cuál cuáles cuándo dónde cómo cuánto cuánta cuántos cuántas se su sus no ' +
    'lo le les mi tu este esta estos estas puede pueden debe deben hay ha han más',
  it:
    'il lo la i gli le un uno una di del della dei degli delle al alla ai alle e o ma è sono era in nel nella ' +
    'con per da dal dalla su sul sulla che chi cosa quale quali quando dove come quanto quanta quanti quante ' +
    'non si suo sua suoi può possono deve devono ha hanno più questo questa',
  pt:
    'o a os as um uma uns umas de do da dos das no na nos nas ao à e ou mas é são era foi em com por para sem ' +
    'que quem qual quais quando onde como quanto quanta quantos quantas não se seu sua pode podem deve devem ' +
    'há tem têm mais este esta',
  nl:
    'de het een en of maar is zijn was waren wordt worden in op aan met van voor naar bij uit door over onder ' +
    'tot niet geen er die dat dit deze wie wat wanneer waar hoe hoeveel welke waarom kan kunnen mag mogen ' +
    'moet moeten heeft hebben ik je jij u wij zij hun ook als om te',
}

const LANGUAGES = Object.keys(FUNCTION_WORDS) as Language[]
const WORDS: ReadonlyMap<Language, ReadonlySet<string>> = new Map(
  LANGUAGES.map((language) => [language, new Set(FUNCTION_WORDS[language].split(' '))]),
)
/** In UTF-16 units; who writes that much in a language shows it. */
const LOOKED_AT = 2_000
const WORD = /[\p{L}\p{M}]+(?:-ce)?/gu

/** The language of a text by its little words; null where none of the known ones stands out. */
export function languageOf(text: string): Language | null {
  const counts = new Map<Language, number>()
  for (const [word] of text.slice(0, LOOKED_AT).toLowerCase().matchAll(WORD)) {
    for (const [language, words] of WORDS) {
      if (words.has(word)) counts.set(language, (counts.get(language) ?? 0) + 1)
    }
  }
  const [first, second] = [...counts].sort(([, a], [, b]) => b - a)
  if (first === undefined || first[1] === second?.[1]) return null
  return first[0]
}

/** Whether a word carries grammar in a language; `word` in lower case. */
export function isFunctionWord(word: string, language: Language | null): boolean {
  return language !== null && WORDS.get(language)?.has(word) === true
}

/** As a reader of English calls it. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'German',
  fr: 'French',
  es: 'Spanish',
  it: 'Italian',
  pt: 'Portuguese',
  nl: 'Dutch',
}
