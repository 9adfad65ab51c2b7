import { MessageSquarePlus, RefreshCw, Scan } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";

import { attach } from "@/features/attachments/uploads";
import { useObjectUrl } from "@/features/attachments/useBlob";
import { crop } from "@/features/screen/crop";
import { isWhole, WHOLE } from "@/features/screen/region";
import { RegionPicker } from "@/features/screen/RegionPicker";
import { useScreen } from "@/features/screen/useScreen";
import { showFailure } from "@/shared/failure";
import { Answered } from "@/shared/ui/Answered";
import { Button } from "@/shared/ui/Button";
import { Page } from "@/shared/ui/Page";

import { NEW } from "./ChatView";

/** A picture of the screen, or of a part of it, to ask about in a new chat. */
export function Component() {
  // Each time that it is asked for, the screen is another one.
  const { key } = useLocation();
  return <Screen key={key} opened={key} />;
}

function Screen({ opened }: { opened: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useScreen(opened);
  const url = useObjectUrl(query.data);
  const image = useRef<HTMLImageElement>(null);
  const [region, setRegion] = useState(WHOLE);
  const [loaded, setLoaded] = useState(false);
  const [taking, setTaking] = useState(false);

  const take = async () => {
    if (!image.current || !loaded || taking) return;
    setTaking(true);
    try {
      const part = isWhole(region) && query.data ? query.data : await crop(image.current, region);
      attach(NEW, [new File([part], t("screen.file"), { type: "image/png" })]);
      await navigate("/", { state: { write: true } });
    } catch (error) {
      showFailure(error);
      setTaking(false);
    }
  };
  const aside = (
    <Button disabled={query.isFetching} onClick={() => void query.refetch()}>
      <RefreshCw size={15} aria-hidden className={query.isFetching ? "animate-spin" : ""} />
      {t("screen.again")}
    </Button>
  );
  return (
    <Page title={t("screen.title")} aside={aside} look="wide">
      <p className="-mt-3 mb-4 text-sm text-soft">{t("screen.note")}</p>
      <Answered query={query} lines={10}>
        {() => (
          <>
            {url && (
              <RegionPicker
                src={url}
                imageRef={image}
                region={region}
                onChange={setRegion}
                onTake={() => void take()}
                onLoad={() => setLoaded(true)}
              />
            )}
            <p className="mx-auto mt-3 max-w-2xl text-center text-[13px] text-soft pointer-coarse:hidden">
              {t("screen.keys")}
            </p>
            <div className="mt-4 flex flex-wrap justify-center gap-2">
              <Button disabled={isWhole(region)} onClick={() => setRegion(WHOLE)}>
                <Scan size={15} aria-hidden />
                {t("screen.takeWhole")}
              </Button>
              <Button look="solid" disabled={!loaded || taking} onClick={() => void take()}>
                <MessageSquarePlus size={15} aria-hidden />
                {t("screen.ask")}
              </Button>
            </div>
          </>
        )}
      </Answered>
    </Page>
  );
}
