import { kindOf } from './cell-kind.ts'

/** In characters. */
const LONGEST_LABEL = 60
/** A longer list has the names of its columns in its first row, whatever they are. */
const MOST_LABELS = 60
/** Of the values of a column, from which it holds one kind of them. */
const ONE_KIND = 0.8

/** What forms and sheets of properties say of one thing, in the languages that are met most. */
const LABELS = new Set(
  [
    'name,first name,last name,surname,full name,company,organisation,organization,customer,client',
    'supplier,vendor,address,street,city,town,zip,zip code,postcode,postal code,country,state,region',
    'phone,phone number,telephone,tel,mobile,fax,email,e-mail,mail,website,web,url,contact',
    'contact person,date,date of birth,birthday,title,author,subject,project,product,model,version',
    'status,id,number,department,position,role,manager,owner,price,total,currency,iban,bic,vat id',
    'description,comment,comments,notes,remarks,type,category,language,start,end,location,place',
    'firma,kunde,kundin,vorname,nachname,anschrift,adresse,straße,strasse,ort,stadt,plz,land,telefon',
    'mobil,handy,kontakt,ansprechpartner,ansprechpartnerin,datum,geburtsdatum,titel,autor,betreff',
    'projekt,produkt,modell,nummer,abteilung,preis,summe,währung,beschreibung,bemerkung,bemerkungen',
    'sprache,beginn,ende,kategorie,typ,nom,prénom,société,entreprise,client,adresse,rue,ville,pays',
    'téléphone,courriel,titre,auteur,projet,produit,prix,devise,langue,nombre,apellido,empresa',
    'dirección,calle,ciudad,país,teléfono,correo,fecha,título,proyecto,producto,precio,moneda,nome',
    'cognome,azienda,indirizzo,via,città,paese,telefono,data,titolo,progetto,prodotto,prezzo,naam',
    'bedrijf,adres,straat,plaats,land,telefoon,datum,名前,氏名,会社,住所,電話,日付,姓名,公司,地址,电话',
  ].flatMap((line) => line.split(',')),
)

/**
 * Whether each row says one thing of the same subject, its label first, so that the first of them
 * names no columns: the labels are such words, or end in a colon, or the values are of all kinds.
 *
 * @param rows without empty ones, each cell one line
 */
export function areLabelled(rows: readonly (readonly string[])[]): boolean {
  if (rows.length < 2 || rows.length > MOST_LABELS) return false
  const labels = rows.map(([label = '']) => label)
  if (!labels.every(isShort) || new Set(labels).size < labels.length) return false
  if (labels.every((label) => label.endsWith(':'))) return true
  const known = labels.filter((label) => LABELS.has(bare(label)))
  if (known.includes(labels[0] ?? '') && known.length * 2 > labels.length) return true
  return rows.every((cells) => cells.length <= 2) && areOfAllKinds(rows.map(([, value]) => value))
}

const isShort = (label: string) =>
  label !== '' && label.length <= LONGEST_LABEL && kindOf(label) === 'words'

const bare = (label: string) =>
  label
    .replace(/(?<![:*])[:*]+$/, '')
    .trimEnd()
    .toLowerCase()

/** Whether the values below the first are of several kinds, so that they make no column. */
function areOfAllKinds([, ...values]: readonly (string | undefined)[]): boolean {
  const kinds = values.flatMap((value) => (value ? [kindOf(value)] : []))
  if (kinds.length < 3) return false
  const counts = [...countsOf(kinds).values()]
  return counts.length > 1 && counts.every((count) => count < ONE_KIND * kinds.length)
}

function countsOf(kinds: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}
