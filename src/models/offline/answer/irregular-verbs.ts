/** Forms of English verbs that no ending tells, each line one verb. */
const VERBS = `
begin began begun
break broke broken
bring brought
build built
buy bought
catch caught
choose chose chosen
cost costs
draw drew drawn
drive drove driven
fall fell fallen
feed fed
find found
fly flew flown
forbid forbade forbidden
forget forgot forgotten
freeze froze frozen
grow grew grown
hang hung
hold held
keep kept
know knew known
lead led
leave left
lend lent
lose lost
meet met
pay paid
ride rode ridden
rise rose risen
run ran
sell sold
send sent
sing sang sung
sink sank sunk
speak spoke spoken
spend spent
stand stood
steal stole stolen
swim swam swum
take took taken
teach taught
tell told
think thought
throw threw thrown
wear wore worn
win won
write wrote written
`
const FORMS = new Map(
  VERBS.trim()
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap((forms) => forms.map((form) => [form, forms] as const)),
)

/** The other forms of a verb; none for a word that is no form of one of these. */
export function verbForms(word: string): readonly string[] {
  return FORMS.get(word) ?? []
}
