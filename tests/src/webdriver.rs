//! As much of the W3C WebDriver protocol as a person does with a window: look, click, type.

use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// How often what cannot be waited for is looked at.
const POLL: Duration = Duration::from_millis(100);
/// A wait that takes longer is in vain, and tells what the page shows instead.
const PATIENCE: Duration = Duration::from_secs(120);

/// The key under which the protocol hands over elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

const PROTOCOL: &str = "the driver keeps to the protocol";

/// A page that is being driven.
pub struct Page {
    client: Client,
    session: String,
}

impl Page {
    /// Has the driver at `driver` start `program`, and takes its window over.
    pub async fn open(driver: &str, program: &std::path::Path) -> Self {
        let client = Client::new();
        let wanted = json!({"capabilities": {"alwaysMatch": {"tauri:options": {"application": program}}}});
        let answer = loop {
            // The driver takes connections a moment after it was started.
            match client.post(format!("{driver}/session")).json(&wanted).send().await {
                Ok(answer) => break answer.json::<Value>().await.expect(PROTOCOL),
                Err(_) => tokio::time::sleep(POLL).await,
            }
        };
        let id = answer["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("no window: {answer}"));
        Self { session: format!("{driver}/session/{id}"), client }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Value> {
        let mut request = self.client.request(method, format!("{}{path}", self.session));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer: Value = request.send().await.expect(PROTOCOL).json().await.expect(PROTOCOL);
        match &answer["value"]["error"] {
            Value::String(_) => Err(answer["value"].clone()),
            _ => Ok(answer["value"].clone()),
        }
    }

    /// Waits for the element that `selector` finds (CSS, or XPath where it begins with `//`), and returns its address.
    async fn find(&self, selector: &str) -> String {
        let using = if selector.starts_with("//") { "xpath" } else { "css selector" };
        let by = json!({"using": using, "value": selector});
        self.wait(selector, async || {
            let found = self.ask(Method::POST, "/element", Some(by.clone())).await.ok()?;
            Some(format!("/element/{}", found[ELEMENT].as_str().expect(PROTOCOL)))
        })
        .await
    }

    /// Clicks on what `selector` finds, as soon as it can be clicked.
    pub async fn click(&self, selector: &str) {
        self.wait(selector, async || {
            let element = self.find(selector).await;
            self.ask(Method::POST, &format!("{element}/click"), Some(json!({}))).await.ok()
        })
        .await;
    }

    /// Clicks on the button or link of that name.
    pub async fn press(&self, name: &str) {
        self.click(&format!(
            "//*[self::button or self::a][normalize-space()='{name}' or @aria-label='{name}']"
        ))
        .await;
    }

    /// Types into what `selector` finds. `\u{E007}` is Enter.
    pub async fn type_into(&self, selector: &str, text: &str) {
        let element = self.find(selector).await;
        self.ask(Method::POST, &format!("{element}/value"), Some(json!({"text": text})))
            .await
            .expect("it can be typed into");
    }

    /// What a script returns.
    pub async fn run(&self, script: &str) -> Value {
        self.ask(Method::POST, "/execute/sync", Some(json!({"script": script, "args": []})))
            .await
            .expect("the script runs")
    }

    /// Waits until the page's text holds `wanted`.
    pub async fn until_text(&self, wanted: &str) {
        self.until(&format!("return document.body.innerText.includes({})", json!(wanted))).await;
    }

    /// Waits until a script returns true.
    pub async fn until(&self, script: &str) {
        self.wait(script, async || (self.run(script).await == Value::Bool(true)).then_some(())).await;
    }

    /// Waits until `look` finds something; `what` says what was waited for in vain.
    async fn wait<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = look().await {
                return found;
            }
            if begun.elapsed() > PATIENCE {
                let shown = self.run("return location.hash + '\\n' + document.body.innerText").await;
                panic!("waited in vain for: {what}\nThe page shows: {}", shown.as_str().unwrap_or_default());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Ends the program, as the driver does it.
    pub async fn quit(self) {
        self.ask(Method::DELETE, "", None).await.expect("it can be ended");
    }
}
