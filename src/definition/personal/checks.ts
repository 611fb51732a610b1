/**
 * The checksums of identifiers, from the libraries that know them.
 *
 * Loaded when the first text is looked through: a start, and calls that nobody wants looked through, pay nothing.
 */

export interface Checks {
  /** How long an IBAN of this country is; undefined: it has none. */
  ibanLength(country: string): number | undefined;
  iban(compact: string): boolean;
  luhn(digits: string): boolean;
  taxId(digits: string): boolean;
  socialInsurance: { de(compact: string): boolean; at(digits: string): boolean; ch(digits: string): boolean };
  vatId: { de(compact: string): boolean; at(compact: string): boolean; ch(compact: string): boolean };
  /** Whether a number with its + may be one of its country. */
  phone(number: string): boolean;
}

let known: Promise<Checks> | undefined;

export function loadChecks(): Promise<Checks> {
  return (known ??= load());
}

async function load(): Promise<Checks> {
  const [ibans, phones, checksum, idnr, svnr, deVat, vnr, uid, ssn, chUid] = await Promise.all([
    import("ibantools"),
    import("libphonenumber-js/min"),
    import("stdnum/lib/cjs/util/checksum.js"),
    import("stdnum/lib/cjs/de/idnr.js"),
    import("stdnum/lib/cjs/de/svnr.js"),
    import("stdnum/lib/cjs/de/vat.js"),
    import("stdnum/lib/cjs/at/vnr.js"),
    import("stdnum/lib/cjs/at/uid.js"),
    import("stdnum/lib/cjs/ch/ssn.js"),
    import("stdnum/lib/cjs/ch/uid.js"),
  ]);
  const { countrySpecs, isValidIBAN } = ibans;
  const lengths = new Map(
    Object.entries(countrySpecs).flatMap(([country, { chars, IBANRegistry }]) =>
      chars !== null && IBANRegistry === true ? [[country, chars]] : [],
    ),
  );
  const by =
    ({ validate }: { validate(value: string): { isValid: boolean } }) =>
    (value: string) =>
      validate(value).isValid;
  return {
    ibanLength: (country) => lengths.get(country),
    iban: (compact) => isValidIBAN(compact),
    luhn: (digits) => checksum.luhnChecksumValidate(digits),
    taxId: by(idnr),
    socialInsurance: { de: by(svnr), at: by(vnr), ch: by(ssn) },
    vatId: { de: by(deVat), at: by(uid), ch: by(chUid) },
    phone: (number) => phones.parsePhoneNumberFromString(number)?.isPossible() === true,
  };
}
