import { blocksIn, Builder, bytesOf, plain, type Reading } from './blocks.js';

const ESCAPE = new RegExp(
  [
    '(?<percent>(?:%(?:25)*HH)+)',
    '(?<quoted>(?:=(?:3d)*HH(?:=[ \\t]*\\r?\\n)*)+)',
    '(?<hex>(?:\\\\+xHH)+)',
    '(?<octal>(?:\\\\+[0-3][0-7]{2})+)',
    '(?<ldap>(?:\\\\+HH)+)',
    '=[ \\t]*\\r?\\n', // a line that quoted-printable has broken
    '(?:%(?:25)*u|\\\\+u)(?<unit>HHHH)',
    '\\\\+u\\{(?<point>H{1,6})\\}',
    '\\\\+(?<escaped>[^%=&\\\\]?)', // the excluded characters begin another escape
    '&(?:amp;)*(?:#x(?<hexEntity>H{1,6});?|#(?<entity>\\d{1,7});?|(?<named>[a-z]{2,16}\\d{0,2});|(?<bare>amp|lt|gt|quot))',
  ]
    .join('|')
    .replaceAll('H', '[\\da-f]'),
  'gi',
);

/** One byte in a run of escapes, by the group that matched the run. */
const BYTE = {
  percent: /%(?:25)*([\da-f]{2})/gi,
  quoted: /=(?:3d)*([\da-f]{2})/gi,
  hex: /\\+x([\da-f]{2})/gi,
  octal: /\\+([0-3][0-7]{2})/g,
  ldap: /\\+([\da-f]{2})/gi,
};

const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** How many nested encodings are undone. */
const MOST = { escapes: 12, blocks: 4 };

/** Characters of all readings together, for each character of the text. */
const MOST_PER_CHARACTER = 100;

/**
 * The texts that a reader could find in a text by repeatedly undoing its escapes (percent-encoding, HTML entities,
 * backslashes, quoted-printable) and decoding its base64, hexadecimal or decimal bytes. `undefined` if the text is
 * encoded too deeply to be searched.
 */
export function readingsOf(text: string): Reading[] | undefined {
  const readings: Reading[] = [];
  let left = 4_096 + text.length * MOST_PER_CHARACTER;
  let encoded = [plain(text)];
  for (let level = 0; encoded.length > 0 && level <= MOST.blocks; level++) {
    const decoded: Reading[] = [];
    for (const reading of encoded) {
      const layers = unescapedLayers(reading);
      if (!layers) return undefined;
      for (const layer of layers) left -= layer.text.length;
      if (left < 0) return undefined;
      readings.push(...layers);
      decoded.push(...blocksIn(reading));
      if (layers.length > 1) decoded.push(...blocksIn(layers.at(-1)!));
    }
    encoded = decoded;
  }
  return readings;
}

/** A text with all its escapes undone; the text itself if it is escaped too deeply. */
export function unescapedText(text: string): string {
  if (text.search(ESCAPE) < 0) return text;
  return unescapedLayers(plain(text))?.at(-1)?.text ?? text;
}

/** The text itself, and the text after each pass that undoes its escapes; `undefined` after too many passes. */
function unescapedLayers(reading: Reading): Reading[] | undefined {
  const layers = [reading];
  for (let last = unescaped(reading); last; last = unescaped(last)) {
    if (layers.push(last) > MOST.escapes) return undefined;
  }
  return layers;
}

function unescaped(reading: Reading): Reading | undefined {
  const built = new Builder(reading);
  let end = 0;
  for (const match of reading.text.matchAll(ESCAPE)) {
    const [escape] = match;
    built.copy(end, match.index);
    end = match.index + escape.length;
    const groups = match.groups as Readonly<Record<string, string | undefined>>;
    const kind = (Object.keys(BYTE) as (keyof typeof BYTE)[]).find((name) => groups[name]);
    if (kind) built.addBytes(bytesOf(escape, match.index, BYTE[kind], kind === 'octal' ? 8 : 16));
    else built.add(characterOf(escape, groups), match.index, end);
  }
  if (end === 0) return undefined;
  built.copy(end, reading.text.length);
  return built.reading();
}

function characterOf(escape: string, groups: Readonly<Record<string, string | undefined>>): string {
  const { unit, point, escaped, hexEntity, entity: decimal, named, bare } = groups;
  if (escaped !== undefined) return CONTROLS[escaped.toLowerCase()] ?? escaped;
  const hex = unit ?? point ?? hexEntity;
  const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  if (!Number.isNaN(code)) return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  const name = named ?? bare;
  // An unknown name loses its ampersand: every pass has to make the text shorter.
  return name === undefined ? '' : (entity(name) ?? escape.slice(1));
}

/** The HTML names of U+00A0 to U+00FF, in order. */
const LATIN_1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 ' +
  'acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde ' +
  'Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute ' +
  'Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde ' +
  'auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ' +
  'ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';

/** The punctuation of ASCII, with all its HTML names. */
const ASCII: Readonly<Record<string, string>> = {
  '\t': 'tab',
  '\n': 'newline',
  '!': 'excl',
  '"': 'quot',
  '#': 'num',
  $: 'dollar',
  '%': 'percnt',
  '&': 'amp',
  "'": 'apos',
  '(': 'lpar',
  ')': 'rpar',
  '*': 'ast midast',
  '+': 'plus',
  ',': 'comma',
  '-': 'hyphen dash',
  '.': 'period',
  '/': 'sol',
  ':': 'colon',
  ';': 'semi',
  '<': 'lt',
  '=': 'equals',
  '>': 'gt',
  '?': 'quest',
  '@': 'commat',
  '[': 'lsqb lbrack',
  '\\': 'bsol',
  ']': 'rsqb rbrack',
  '^': 'hat',
  _: 'lowbar underbar',
  '`': 'grave diacriticalgrave',
  '{': 'lcub lbrace',
  '|': 'verbar vert verticalline',
  '}': 'rcub rbrace',
  '€': 'euro',
};

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ...LATIN_1.split(' ').map((name, i): [string, string] => [name, String.fromCharCode(0xa0 + i)]),
  ...Object.entries(ASCII).flatMap(([text, names]) =>
    names.split(' ').map((name): [string, string] => [name, text]),
  ),
]);

/** The character of a named HTML entity; `undefined` for an unknown name. */
export function entity(name: string): string | undefined {
  return ENTITIES.get(name) ?? ENTITIES.get(name.toLowerCase());
}
