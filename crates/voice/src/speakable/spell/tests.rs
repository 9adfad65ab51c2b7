use super::*;

#[track_caller]
fn check(language: Language, table: &[(&str, &str)]) {
    let wrong: Vec<_> = table
        .iter()
        .map(|(written, said)| (written, said, spell_out(written, language)))
        .filter(|(_, said, got)| *said != got)
        .collect();
    assert!(wrong.is_empty(), "written, expected, said: {wrong:#?}");
}

#[test]
fn english_is_read_as_in_britain() {
    check(
        Language::British,
        &[
            // Units.
            ("It is 20 °C, or 68°F.", "It is 20 degrees Celsius, or 68 degrees Fahrenheit."),
            ("1 km is 1,000 m.", "1 kilometer is 1,000 meters."),
            ("-5 °C", "-5 degrees Celsius"),
            ("60 km/h", "60 kilometers per hour"),
            ("It takes 5 min. to walk, 2 hrs at most.", "It takes 5 minutes to walk, 2 hours at most."),
            ("It takes 5 min.", "It takes 5 minutes."),
            ("turn it by 90°", "turn it by 90 degrees"),
            ("wait 30s or 5s", "wait 30 seconds or 5 seconds"),
            ("in her 30s, the '80s, the 60s, two 747s", "in her 30s, the '80s, the 60s, two 747s"),
            // Money.
            ("$5, €3.50, $0.99 and £1", "5 dollars, 3 euros 50, 99 cents and 1 pound"),
            ("£0.01 of £1,234.56", "1 penny of 1,234 pounds 56"),
            ("$2 million.", "2 million dollars."),
            ("£2m, €1.5bn and $5k", "2 million pounds, 1.5 billion euros and 5 thousand dollars"),
            ("5 EUR or USD 7", "5 euros or 7 dollars"),
            ("It costs $5-10.", "It costs 5 to 10 dollars."),
            ("$5-$10, €5–€10, 5€-10€", "5 to 10 dollars, 5 to 10 euros, 5 to 10 euros"),
            ("$500-$1,500 or US$5k-US$10k", "500 to 1,500 dollars or 5 thousand to 10 thousand dollars"),
            ("$5-10 million, $2-3, €5-$10", "5 to 10 million dollars, 2 to 3 dollars, €5-$10"),
            ("-£5", "minus 5 pounds"),
            // So much for each.
            ("$20/month, (£1/person).", "20 dollars per month, (1 pound per person)."),
            ("€5–€10/day or $2 million/year", "5 to 10 euros per day or 2 million dollars per year"),
            ("$20/user/month", "20 dollars per user per month"),
            ("5 m/s, 100 Mbit/s", "5 meters per second, 100 megabits per second"),
            ("€3/kg, 1 km/h, 3 hours/day", "3 euros per kilogram, 1 kilometer per hour, 3 hours per day"),
            ("in src/day, day/month and 1/day", "in src/day, day/month and 1 per day"),
            // Times.
            ("4:10 PM", "4 10 PM"),
            ("7:00 AM.", "7 AM."),
            ("At 7am or 7.30pm.", "At 7 AM or 7 30 PM."),
            ("at 9 a.m. sharp, until 5 p.m.", "at 9 AM sharp, until 5 PM."),
            ("At 16:05, or 9:00.", "At 16 oh 5, or 9 o'clock."),
            ("Open 9:00-17:30.", "Open 9 o'clock to 17 30."),
            ("07:30", "7 30"),
            ("at 00:00", "at midnight"),
            ("a ratio of 3:2", "a ratio of 3:2"),
            // Dates.
            ("2024-05-01", "the 1st of May 20 24"),
            ("on 1 May 2024.", "on the 1st of May 20 24."),
            ("the 22nd of June, 1941", "the 22nd of June 19 41"),
            ("on the 3rd of May 1905", "on the 3rd of May 19 oh 5"),
            ("May 1, 2024 was it", "May the 1st, 20 24 was it"),
            ("since Jan. 5", "since January the 5th"),
            ("12 Dec. 1999 was cold", "the 12th of December 19 99 was cold"),
            ("4/5/2024", "the 4th of May 20 24"),
            ("I may 5 times", "I may 5 times"),
            // Years.
            ("In 1984, since 2005 and by 2030.", "In 19 84, since 2005 and by 20 30."),
            ("the 1980s and the 1900s", "the 19 80s and the 19 hundreds"),
            ("He was born (1879) in Ulm.", "He was born (18 79) in Ulm."),
            ("in 1500 cities", "in 1500 cities"),
            ("1500 people", "1500 people"),
            // Ranges.
            ("10-15 people", "10 to 15 people"),
            ("15-20%, 1939–1945, 2-3 km", "15 to 20%, 19 39 to 19 45, 2 to 3 kilometers"),
            ("Mon–Fri", "Monday to Friday"),
            ("pp. 12-15", "pages 12 to 15"),
            ("won 3-1 in the 2019-20 season", "won 3 1 in the 20 19 20 season"),
            ("between 1914 and later", "between 19 14 and later"),
            // Telephones.
            ("555-1234", "5 5 5, 1 2 3 4"),
            ("Call +44 20 7946 0958.", "Call plus 4 4, 2 oh, 7 9 4 6, oh 9 5 8."),
            ("on 020 7946 0958 now", "on oh 2 oh, 7 9 4 6, oh 9 5 8 now"),
            ("(555) 123-4567", "5 5 5, 1 2 3, 4 5 6 7"),
            ("Dial 999!", "Dial 9 9 9!"),
            ("0.5 and 007", "0.5 and 007"),
            ("453.5924 grams", "453.5924 grams"),
            ("call 555.123.4567", "call 5 5 5, 1 2 3, 4 5 6 7"),
            // Versions and machines.
            ("v2.0.1 of Python 3.12", "version 2 point 0 point 1 of Python 3 point 12"),
            ("at 192.168.0.1", "at 192 dot 168 dot 0 dot 1"),
            ("3.5 times, 50% more", "3.5 times, 50% more"),
            ("1.000.000", "1.000.000"),
            // Kings and chapters.
            ("Henry VIII's wives, Charles I.", "Henry the eighth's wives, Charles the first."),
            ("Queen Elizabeth II was", "Queen Elizabeth the second was"),
            ("Charles I know well", "Charles I know well"),
            ("Louis XX and Pius XXIII", "Louis the twentieth and Pius the twenty-third"),
            ("Chapter IV of World War II", "Chapter 4 of World War 2"),
            ("Apollo XI", "Apollo 11"),
            ("For the most part I agree.", "For the most part I agree."),
            ("The best book I read", "The best book I read"),
            ("World War I ended, Part I deals with it", "World War 1 ended, Part 1 deals with it"),
            ("Malcolm X and James L. Brooks", "Malcolm X and James L Brooks"),
            ("An IV drip", "An IV drip"),
            ("a CD, an MP and I", "a CD, an MP and I"),
            // Addresses.
            ("Write to ada.b@example.co.uk.", "Write to ada dot b at example dot co dot U K."),
            ("See example.com and main.rs.", "See example dot com and main dot R S."),
            // Abbreviations and names.
            ("Dr. Smith (Mr. Lee)", "Doctor Smith (Mister Lee)"),
            (
                "Fruit, e.g. apples, pears etc., and so on.",
                "Fruit, for example apples, pears et cetera, and so on.",
            ),
            ("apples etc.", "apples et cetera."),
            ("J. R. R. Tolkien", "J R R Tolkien"),
            ("the U.S. army", "the U S army"),
            ("St. Paul's in High St.", "Saint Paul's in High Street."),
            ("No. 5, but no. 5", "number 5, but no. 5"),
            ("Tom & Jerry at AT&T", "Tom and Jerry at AT&T"),
            // Signs.
            ("A -> B → C", "A to B to C"),
            ("3 < 5 >= 2", "3 is less than 5 is at least 2"),
            ("#1 of ~5", "number 1 of about 5"),
            ("1/2 cup", "½ cup"),
            ("x² and 5^2", "x squared and 5 to the power of 2"),
            ("3 x 4 and 1920x1080", "3 by 4 and 1920 by 1080"),
            ("I have 5 in stock", "I have 5 in stock"),
        ],
    );
}

#[test]
fn americans_put_the_month_first() {
    check(
        Language::American,
        &[
            ("4/5/2024", "April 5th, 20 24"),
            ("2024-05-01", "May 1st, 20 24"),
            ("on May 1, 2024.", "on May 1st, 20 24."),
            ("1 May", "May 1st"),
            ("on the 4th of July", "on the 4th of July"),
        ],
    );
}

#[test]
fn german_is_read_as_in_germany() {
    check(
        Language::German,
        &[
            ("Es sind 20 °C bei 60 km/h.", "Es sind 20 Grad Celsius bei 60 Kilometer pro Stunde."),
            ("1 Std. und 1 km", "eine Stunde und ein Kilometer"),
            ("3,50 € oder 1 Euro", "3 Euro 50 oder 1 Euro"),
            ("5€, $2 und 0,99 €", "5 Euro, 2 Dollar und 99 Cent"),
            ("2 Mio. Menschen", "2 Millionen Menschen"),
            ("3 Mio. €", "3 Millionen Euro"),
            ("$5-$10, 5€–10€, 5-10 €", "5 bis 10 Dollar, 5 bis 10 Euro, 5 bis 10 Euro"),
            ("20 €/Monat, 1 €/Person", "20 Euro pro Monat, ein Euro pro Person"),
            ("$20/month, 15 €/Std.", "20 Dollar pro Monat, 15 Euro pro Stunde."),
            ("3-5 Mio. €/Jahr bei 1 km/h", "3 bis 5 Millionen Euro pro Jahr bei ein Kilometer pro Stunde"),
            ("um 16:05 Uhr, 7:00 oder 7.30 Uhr", "um 16 Uhr 5, 7 Uhr oder 7 Uhr 30"),
            ("am 3. Mai 1984", "am dritten Mai neunzehnhundertvierundachtzig"),
            ("der 3. Mai", "der dritte Mai"),
            ("Heute ist Montag, 1. Mai.", "Heute ist Montag, erster Mai."),
            ("am 1.5. und am 2.5.2024", "am ersten Mai und am zweiten Mai 2024"),
            ("der 21. Versuch, in der 2. Woche", "der einundzwanzigste Versuch, in der zweiten Woche"),
            ("seit 1871, im Jahr 1900", "seit achtzehnhunderteinundsiebzig, im Jahr neunzehnhundert"),
            ("10-15 Leute, Mo–Fr", "10 bis 15 Leute, Montag bis Freitag"),
            (
                "Obst, z.B. Äpfel, d. h. viele usw.",
                "Obst, zum Beispiel Äpfel, das heißt viele und so weiter.",
            ),
            ("Dr. Meier, Hauptstr. 5, Nr. 7", "Doktor Meier, Hauptstraße 5, Nummer 7"),
            ("Heinrich VIII. und Elisabeth II.", "Heinrich der Achte und Elisabeth die Zweite."),
            ("Kapitel IV", "Kapitel 4"),
            ("Schreib an ada@example.de.", "Schreib an ada at example Punkt D E."),
            ("Wähle 112!", "Wähle 1 1 2!"),
            ("Ruf 030 1234567 an", "Ruf null 3 null, 1 2 3 4 5 6 7 an"),
            ("Version 2.0", "Version 2 Punkt 0"),
            ("Du hast Python 3.12.", "Du hast Python 3 Punkt 12."),
            ("3 mal 4 ist 12. Brauchst du mehr?", "3 mal 4 ist 12. Brauchst du mehr?"),
            ("Der Preis liegt unter 500.", "Der Preis liegt unter 500."),
            ("Hund & Katze", "Hund und Katze"),
            ("1.000.000 Leute, 3,5 Prozent", "1.000.000 Leute, 3,5 Prozent"),
        ],
    );
}

#[test]
fn pictures_are_dropped() {
    check(
        Language::British,
        &[
            ("Hello 👋🏽!", "Hello!"),
            ("👨‍👩‍👧 Family", "Family"),
            ("Done ✅.", "Done."),
            ("Flag 🇩🇪 here", "Flag here"),
            ("1️⃣ first", "1 first"),
            ("❤️", ""),
            ("🎉 🎉", ""),
            ("café naïve 你好", "café naïve 你好"),
        ],
    );
}
