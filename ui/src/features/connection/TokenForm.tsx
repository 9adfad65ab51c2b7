import { useState } from "react";
import { useTranslation } from "react-i18next";

import { keepToken } from "@/backend";
import { useLive } from "@/shared/live/store";
import { queryClient } from "@/shared/queries";
import { Button } from "@/shared/ui/Button";
import { fieldLook } from "@/shared/ui/fields";

/** Asks for the token that the server wants. */
export function TokenForm() {
  const { t } = useTranslation();
  const [token, setToken] = useState("");
  return (
    <form
      className="mt-6 flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        keepToken(token);
        useLive.setState({ locked: false });
        void queryClient.resetQueries();
      }}
    >
      <input
        type="password"
        aria-label={t("token.label")}
        placeholder={t("token.label")}
        autoComplete="off"
        value={token}
        onChange={(event) => setToken(event.target.value)}
        className={`${fieldLook} min-w-0 flex-1`}
      />
      <Button type="submit" look="solid" disabled={token.trim() === ""}>
        {t("token.open")}
      </Button>
    </form>
  );
}
