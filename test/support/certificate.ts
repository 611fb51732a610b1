/** A certificate for localhost, made and signed here, so that nothing of it ever runs out or lies in the repository. */
import { generateKeyPairSync, sign } from "node:crypto";

type Der = Uint8Array;

function der(tag: number, ...parts: Der[]): Der {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...size), content]);
}

const sequence = (...parts: Der[]) => der(0x30, ...parts);
const identifier = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const ECDSA_WITH_SHA256 = sequence(identifier("2a8648ce3d040302"));
const COMMON_NAME = identifier("550403");
const ALTERNATIVE_NAME = identifier("551d11");
const BASIC_CONSTRAINTS = identifier("551d13");

/** PEM of the key and of its certificate, which is its own authority. */
export function localhostCertificate(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from("localhost")))));
  const from = der(0x17, Buffer.from("200101000000Z"));
  const until = der(0x18, Buffer.from("21200101000000Z"));
  const extensions = sequence(
    sequence(ALTERNATIVE_NAME, der(0x04, sequence(der(0x82, Buffer.from("localhost"))))),
    sequence(
      BASIC_CONSTRAINTS,
      der(0x01, Uint8Array.of(0xff)),
      der(0x04, sequence(der(0x01, Uint8Array.of(0xff)))),
    ),
  );
  const body = sequence(
    der(0xa0, der(0x02, Uint8Array.of(2))),
    der(0x02, Uint8Array.of(1)),
    ECDSA_WITH_SHA256,
    name,
    sequence(from, until),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, extensions),
  );
  const signature = der(0x03, Uint8Array.of(0), sign("sha256", body, privateKey));
  const certificate = Buffer.from(sequence(body, ECDSA_WITH_SHA256, signature));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64").replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
  };
}
