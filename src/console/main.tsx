/** Where the console starts in the browser: fonts, looks, providers, router. */
import "@fontsource-variable/inter/wght.css";
import "@fontsource/ibm-plex-mono/latin-400.css";
import "@mantine/core/styles.css";
import "./theme/tokens.css";
import "./theme/look.css";
import { createRoot } from "react-dom/client";
import { Console } from "./console.tsx";

createRoot(document.getElementById("console")!).render(<Console />);
