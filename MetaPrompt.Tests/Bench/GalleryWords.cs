namespace MetaPrompt.Tests.Bench;

/// <summary>The words of the generated gallery: six thousand stems, each in a few forms, and four other scripts.</summary>
internal static class GalleryWords
{
    private const int Stems = 6000;

    /// <summary>Words of grammar, the commonest first; most of them are stop words.</summary>
    public static readonly string[] Small = Split(
        """
        the to a and you of i in for is that your with be as it will on are an or this not my want can should act from by have do
        their all any if me what how at but only which so about use when them they one each then more other do no up into
        """);

    /// <summary>What a template is asked to do: how many titles begin.</summary>
    public static readonly string[] Verbs = Split(
        """
        write explain review plan draft summarize translate compare design create build improve analyze teach generate edit
        organize check prepare simplify convert brainstorm outline rewrite debug describe
        """);

    /// <summary>Whom it is for, where it is used: in titles and goals.</summary>
    public static readonly string[] Readers = Split(
        """
        beginners students teachers developers customers managers children friends lawyers doctors parents founders designers
        editors tourists teams neighbours patients voters gardeners musicians nurses accountants engineers
        """);

    private static readonly string[] Real = Split(
        """
        story email data code product report question market student lesson language project content design customer business
        plan test image list article research review summary team service idea health system account model social book
        problem budget travel game music recipe history science interview career resume website marketing brand speech query
        contract letter meeting release note invoice ticket support school garden climate energy movie song poem novel
        character dialogue scene chapter grammar vocabulary essay thesis survey chart table database server network security
        password cloud container pipeline deployment bug refactor function class python javascript typescript react docker
        kubernetes algorithm machine learning agent prompt chatbot tutor coach therapist doctor nurse lawyer chef artist
        photographer musician gamer trainer diet workout sleep stress habit goal calendar schedule deadline priority strategy
        roadmap backlog sprint retrospective onboarding feedback performance salary negotiation conflict leadership culture
        startup investor pitch revenue forecast spreadsheet tax insurance mortgage loan savings crypto stock portfolio policy
        law court evidence treaty election debate argument logic philosophy ethics religion myth legend dragon castle space
        planet robot quantum physics chemistry biology genome protein vaccine surgery diagnosis symptom therapy emotion memory
        attention motivation creativity curiosity empathy humor joke riddle puzzle quiz trivia chess poker football cricket
        tennis marathon bicycle train airport hotel island mountain river forest ocean weather storm rain snow winter summer
        spring autumn holiday wedding birthday funeral family parent child baby teenager friend partner neighbor community
        volunteer charity museum theater gallery painting sculpture fashion fabric color font logo icon layout wireframe
        landing newsletter campaign audience persona funnel conversion keyword headline slogan caption podcast video script
        thumbnail stream channel follower comment hashtag influencer press interview journalist editor publisher author
        citation footnote abstract hypothesis experiment sample variable regression cluster vector matrix equation theorem
        geometry algebra calculus probability statistic fraction percentage unit currency temperature distance weight volume
        speed voltage circuit sensor battery engine wheel bridge tunnel tower house kitchen bathroom furniture lamp carpet
        window door roof wall brick concrete steel glass paper ink pencil notebook desk chair office warehouse factory
        supply shipping logistics inventory retail store coupon refund warranty complaint apology thank congratulation
        invitation reminder announcement translation pronunciation accent dialect idiom synonym metaphor rhyme sonnet haiku
        ballad anthem melody chord rhythm tempo guitar piano violin drum orchestra choir concert festival ticketing venue
        coffee tea bread cheese tomato onion garlic pepper salad soup pasta rice noodle chicken beef fish shrimp vegan
        vegetarian gluten sugar chocolate cake cookie pie breakfast lunch dinner snack cocktail wine beer menu restaurant
        """);

    /// <summary>Nouns and made-up words, the commonest first; each is its own English stem or nearly so.</summary>
    public static readonly string[] Content = [.. Real.Concat(MadeUp(Stems)).Distinct(StringComparer.Ordinal).Take(Stems)];

    /// <summary>Words without spaces between them, or in other letters, four scripts.</summary>
    public static readonly (string Between, string[] Words)[] Scripts =
    [
        ("", Split("写作 邮件 总结 翻译 代码 学生 市场 营销 计划 旅行 食谱 故事 面试 合同 数据 分析 老师 课程 健康 音乐 历史 科学 设计 产品 报告 会议 简历 演讲 小说 诗歌")),
        ("", Split("文章 メール 要約 翻訳 コード 学生 市場 計画 旅行 レシピ 物語 面接 契約 データ 分析 先生 授業 健康 音楽 歴史 科学 設計 製品 報告 会議 履歴書 作成 小説 俳句 質問")),
        (" ", Split("письмо рассказ перевод код студент рынок план путешествие рецепт история собеседование договор данные анализ учитель урок здоровье музыка наука дизайн продукт отчёт встреча резюме речь роман стихи вопрос ответ школа")),
        (" ", Split("رسالة قصة ترجمة برمجة طالب سوق خطة سفر وصفة تاريخ مقابلة عقد بيانات تحليل معلم درس صحة موسيقى علم تصميم منتج تقرير اجتماع سيرة خطاب رواية شعر سؤال جواب مدرسة")),
    ];

    /// <summary>Categories, the commonest first.</summary>
    public static readonly string[] Categories =
    [
        "Writing", "Engineering", "Marketing", "Education", "Research", "Business", "Data", "Design", "Daily life", "Support", "Health",
        "Law", "Music", "Games", "Travel", "Cooking", "Finance", "Science", "Languages", "Philosophy",
    ];

    /// <summary>First and last names of authors.</summary>
    public static readonly (string[] First, string[] Last) Names = (
        Split("Ada Grace Alan Edsger Barbara Donald Margaret Linus Radia Ken Katherine Dennis Hedy Tim Joan José Zoë Mei Yuki Anna Omar Fatima Ivan Chidi Lena Søren Priya Lucía Noah Mia"),
        Split("Lovelace Hopper Turing Dijkstra Liskov Knuth Hamilton Torvalds Perlman Thompson Johnson Ritchie Lamarr Berners Clarke García Müller Chen Tanaka Ivanova Hassan Rossi Okafor Novák Jensen Sharma Silva Dubois Kim Smith"));

    /// <summary>A word in one of its forms: as it is, plural, doing, done.</summary>
    public static string Form(string word, int form)
    {
        var stem = word.EndsWith('e') ? word[..^1] : word;
        return form switch
        {
            1 => word.EndsWith('y') && !word.EndsWith("ey", StringComparison.Ordinal) ? word[..^1] + "ies" : word.EndsWith('s') || word.EndsWith('x') ? word + "es" : word + "s",
            2 => stem + "ing",
            3 => stem + "ed",
            _ => word,
        };
    }

    private static IEnumerable<string> MadeUp(int count)
    {
        string[] onset = ["b", "br", "c", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr", "v", "w", "z"];
        string[] vowel = ["a", "e", "i", "o", "u", "ai", "ou"];
        string[] middle = ["", "n", "r", "l", "m", "s", "nd"];
        string[] coda = ["rk", "lp", "mb", "nk", "ft", "rd", "lm", "b", "ck", "p", "sk", "g", "nd"];
        var dice = new Dice(4711);
        for (var n = 0; n < count; n++)
        {
            var word = dice.Pick(onset) + dice.Pick(vowel) + dice.Pick(middle) + dice.Pick(onset) + dice.Pick(vowel);
            yield return (dice.Chance(0.4) ? word + dice.Pick(middle) + dice.Pick(onset) + dice.Pick(vowel) : word) + dice.Pick(coda);
        }
    }

    private static string[] Split(string words) => words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
