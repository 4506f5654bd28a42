import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_versions"),
        ("cases", "0002_versions_and_submissions"),
        ("enterprises", "0002_workstreams"),
        ("ledger", "0004_confirmation_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarVersion",
            fields=[
                ("number", models.PositiveIntegerField(primary_key=True, serialize=False, verbose_name="版本")),
                ("title", models.CharField(max_length=100, verbose_name="改了什么")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="依据")),
                ("changes", models.JSONField(default=list, help_text="[日期, 原来, 现在]", verbose_name="逐日变化")),
                ("made_at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "日历版本",
                "verbose_name_plural": "日历版本",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="年份")),
                ("notice", models.CharField(blank=True, max_length=100, verbose_name="文号")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="发布日期")),
                ("link", models.URLField(blank=True, max_length=300, verbose_name="原文")),
            ],
            options={
                "verbose_name": "年度放假安排",
                "verbose_name_plural": "年度放假安排",
                "ordering": ["year"],
            },
        ),
        migrations.CreateModel(
            name="DeadlineRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "priority",
                    models.CharField(
                        blank=True,
                        choices=[("normal", "一般"), ("hard", "疑难"), ("urgent", "紧急")],
                        default="",
                        max_length=10,
                        verbose_name="缓急",
                    ),
                ),
                ("working_days", models.PositiveSmallIntegerField(verbose_name="办理时限（工作日）")),
            ],
            options={
                "verbose_name": "办理时限规则",
                "verbose_name_plural": "办理时限规则",
                "ordering": ["category__order", "priority", "id"],
            },
        ),
        migrations.CreateModel(
            name="DeadlineShift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("was", models.DateField(verbose_name="原期限")),
                ("now", models.DateField(verbose_name="新期限")),
            ],
            options={
                "verbose_name": "期限重算",
                "verbose_name_plural": "期限重算",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="EntryPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("waiting_for", models.TextField(verbose_name="等企业做什么")),
                ("started_on", models.DateField(verbose_name="暂停日期")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="继续日期")),
            ],
            options={
                "verbose_name": "等待企业",
                "verbose_name_plural": "等待企业",
                "ordering": ["entry_id", "id"],
            },
        ),
        migrations.CreateModel(
            name="RuleChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("changes", models.JSONField(default=list, help_text="[哪一条, 原来, 现在]", verbose_name="逐条变化")),
                ("made_at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "时限规则修改",
                "verbose_name_plural": "时限规则修改",
                "ordering": ["-id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="entryevent",
            name="event_action_known",
        ),
        migrations.AddField(
            model_name="problementry",
            name="counted_days",
            field=models.PositiveSmallIntegerField(
                blank=True, editable=False, null=True, verbose_name="规则给的工作日"
            ),
        ),
        migrations.AddField(
            model_name="problementry",
            name="counted_from",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="期限起算日"),
        ),
        migrations.AddField(
            model_name="problementry",
            name="deadline_basis",
            field=models.CharField(
                blank=True,
                choices=[("rule", "按规则"), ("hand", "另行确定")],
                default="",
                editable=False,
                max_length=4,
                verbose_name="期限依据",
            ),
        ),
        migrations.AddField(
            model_name="problementry",
            name="deadline_reason",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=200, verbose_name="期限晚于规则的理由"
            ),
        ),
        migrations.AddField(
            model_name="problementry",
            name="paused_days",
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="已顺延的工作日"),
        ),
        migrations.AddField(
            model_name="problementry",
            name="paused_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="等待企业起始日"),
        ),
        migrations.AddField(
            model_name="problementry",
            name="yellow_reason",
            field=models.CharField(blank=True, default="", editable=False, max_length=200, verbose_name="亮黄灯的原因"),
        ),
        migrations.AlterField(
            model_name="entryevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("register", "登记"),
                    ("accept", "受理"),
                    ("reject", "不予受理"),
                    ("mark_duplicate", "标记重复"),
                    ("assign", "交办"),
                    ("acknowledge", "签收"),
                    ("progress", "记录进展"),
                    ("pause", "等待企业"),
                    ("resume", "继续办理"),
                    ("warn", "亮黄灯"),
                    ("unwarn", "撤销黄灯"),
                    ("complete", "办结"),
                    ("confirm", "回访确认"),
                    ("send_back", "退回重办"),
                    ("close_out", "销号"),
                    ("reopen", "重新打开"),
                    ("recount", "期限重算"),
                ],
                max_length=20,
                verbose_name="动作",
            ),
        ),
        migrations.AddConstraint(
            model_name="entryevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "action__in",
                        [
                            "register",
                            "accept",
                            "reject",
                            "mark_duplicate",
                            "assign",
                            "acknowledge",
                            "progress",
                            "pause",
                            "resume",
                            "warn",
                            "unwarn",
                            "complete",
                            "confirm",
                            "send_back",
                            "close_out",
                            "reopen",
                            "recount",
                        ],
                    )
                ),
                name="event_action_known",
            ),
        ),
        migrations.AddField(
            model_name="calendarversion",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="修改人",
            ),
        ),
        migrations.AddField(
            model_name="problementry",
            name="calendar_version",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.calendarversion",
                verbose_name="计算期限的日历版本",
            ),
        ),
        migrations.AddConstraint(
            model_name="problementry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deadline_basis__in", ["", "hand"]),
                    models.Q(
                        ("calendar_version__isnull", False),
                        ("counted_days__isnull", False),
                        ("counted_from__isnull", False),
                        ("deadline__isnull", False),
                        ("deadline_basis", "rule"),
                    ),
                    _connector="OR",
                ),
                name="entry_rule_deadline_can_be_recounted",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendaryear",
            constraint=models.CheckConstraint(
                condition=models.Q(("year__range", (2000, 2100))), name="calendar_year_sane"
            ),
        ),
        migrations.AddField(
            model_name="deadlinerule",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rules",
                to="ledger.problemcategory",
                verbose_name="类别",
            ),
        ),
        migrations.AddField(
            model_name="deadlineshift",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shifts",
                to="ledger.problementry",
                verbose_name="问题",
            ),
        ),
        migrations.AddField(
            model_name="deadlineshift",
            name="event",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="shift", to="ledger.entryevent"
            ),
        ),
        migrations.AddField(
            model_name="deadlineshift",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.unit",
                verbose_name="当时的责任单位",
            ),
        ),
        migrations.AddField(
            model_name="deadlineshift",
            name="version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shifts",
                to="ledger.calendarversion",
                verbose_name="日历版本",
            ),
        ),
        migrations.AddField(
            model_name="entrypause",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pauses",
                to="ledger.problementry",
                verbose_name="问题",
            ),
        ),
        migrations.AddField(
            model_name="rulechange",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="修改人",
            ),
        ),
        migrations.AddField(
            model_name="deadlineshift",
            name="rule_change",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shifts",
                to="ledger.rulechange",
                verbose_name="规则修改",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlinerule",
            constraint=models.UniqueConstraint(fields=("category", "priority"), name="rule_once"),
        ),
        migrations.AddConstraint(
            model_name="deadlinerule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("category__isnull", True)), fields=("priority",), name="rule_of_any_category_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlinerule",
            constraint=models.CheckConstraint(
                condition=models.Q(("working_days__range", (1, 250))), name="rule_days_sane"
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlinerule",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__in", ["", "normal", "hard", "urgent"])), name="rule_priority_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="entrypause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)), fields=("entry",), name="one_pause_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="entrypause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on__isnull", True), ("ended_on__gte", models.F("started_on")), _connector="OR"
                ),
                name="pause_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlineshift",
            constraint=models.CheckConstraint(
                condition=models.Q(("was", models.F("now")), _negated=True), name="shift_moves"
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlineshift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rule_change__isnull", False), ("version__isnull", True)),
                    models.Q(("rule_change__isnull", True), ("version__isnull", False)),
                    _connector="OR",
                ),
                name="shift_has_one_cause",
            ),
        ),
    ]
